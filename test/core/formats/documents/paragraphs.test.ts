import { describe, expect, it } from 'vitest';
import { renderResult } from '../../../../core/formats/index.ts';
import { paragraphsOf } from '../../../../core/formats/documents/paragraphs.ts';
import { resultFromUtterances } from '../../../../core/transcript/result-from-segments.ts';
import type { Utterance } from '../../../../core/result/result.ts';

/** An utterance of words of one second each. */
function said(speaker: string | null, startSeconds: number, text: string): Utterance {
  const words = text.split(' ').map((word, index) => ({
    text: word,
    startSeconds: startSeconds + index,
    endSeconds: startSeconds + index + 1,
    speaker,
  }));
  return { speaker, startSeconds, endSeconds: startSeconds + words.length, text, words };
}

/** So many words, every tenth of which ends a sentence. */
function lecture(wordCount: number): string {
  return Array.from({ length: wordCount }, (_, index) => (index % 10 === 9 ? 'end.' : 'word')).join(' ');
}

const textsOf = (utterances: readonly Utterance[]) =>
  paragraphsOf(resultFromUtterances(utterances)).map((paragraph) => ({
    speaker: paragraph.speaker,
    at: paragraph.startSeconds,
    text: paragraph.utterances.map(({ text }) => text).join(' | '),
  }));

describe('paragraphsOf', () => {
  it('joins what one speaker says until another one speaks', () => {
    expect(
      textsOf([said('A', 0, 'one'), said('A', 3, 'two'), said('B', 5, 'three'), said('A', 7, 'four')]),
    ).toEqual([
      { speaker: 'A', at: 0, text: 'one | two' },
      { speaker: 'B', at: 5, text: 'three' },
      { speaker: 'A', at: 7, text: 'four' },
    ]);
  });

  it('ends a paragraph of a minute with the utterance', () => {
    const found = textsOf([said('A', 0, 'one'), said('A', 59, 'two'), said('A', 61, 'three')]);
    expect(found.map(({ at }) => at)).toEqual([0, 61]);
  });

  it('ends a paragraph of a minute with the sentence, and loses no word', () => {
    const text = lecture(145);
    const found = textsOf([said('A', 0, text)]);
    expect(found.map(({ at }) => at)).toEqual([0, 60, 120]);
    expect(found.map((paragraph) => paragraph.text).join(' ')).toBe(text);
    expect(textsOf([said('A', 0, 'word '.repeat(200).trim())])).toHaveLength(1);
  });

  it('leaves utterances without word times whole', () => {
    const whole = { ...said('A', 0, lecture(145)), words: [] };
    expect(textsOf([whole])).toHaveLength(1);
  });
});

it('names nobody in formats for readers where nobody was told apart', () => {
  const nobody = resultFromUtterances([said(null, 0, 'Hello there.')]);
  const some = resultFromUtterances([said(null, 0, 'Hello there.'), said('A', 3, 'Yes.')]);
  for (const format of ['text', 'markdown', 'html', 'lines', 'lrc', 'audacity']) {
    expect(renderResult(nobody, format), format).not.toContain('UNKNOWN');
    expect(renderResult(nobody, format), format).toContain('Hello there.');
    expect(renderResult(some, format), format).toContain('UNKNOWN');
  }
  expect(renderResult(nobody, 'text')).toBe('(0:00)\nHello there.\n');
});
