import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderSrt } from '../../../../core/formats/subtitles/srt.ts';
import {
  layoutCues,
  completeSubtitleOptions,
  type Cue,
} from '../../../../core/formats/subtitles/subtitle-layout.ts';
import { resultFromUtterances } from '../../../../core/transcript/result-from-segments.ts';
import type { Utterance } from '../../../../core/result/result.ts';
import { anyTranscript } from '../../../support/any-transcript.ts';

/** An utterance of words that last half a second each. */
function utterance(speaker: string, startSeconds: number, text: string): Utterance {
  const words = text.split(' ').map((word, index) => ({
    text: word,
    speaker,
    startSeconds: startSeconds + index / 2,
    endSeconds: startSeconds + (index + 1) / 2,
  }));
  return { speaker, startSeconds, endSeconds: words.at(-1)!.endSeconds, text, words };
}

function linesOf(cues: readonly Cue[]): string[][] {
  return cues.map((cue) => cue.lines.map((line) => line.map((word) => word.text).join(' ')));
}

const NO_NAME = (): number => 0;

describe('layoutCues', () => {
  it('keeps to the limits, loses no word and never mixes speakers', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}[.,]?$/);
    const options = fc.record({
      maxLineCharacters: fc.integer({ min: 5, max: 60 }),
      maxLines: fc.integer({ min: 1, max: 3 }),
      maxLineWords: fc.integer({ min: 1, max: 8 }),
      maxCueSeconds: fc.integer({ min: 1, max: 10 }),
    });
    fc.assert(
      fc.property(anyTranscript(word), options, (result, given) => {
        const limits = completeSubtitleOptions(given);
        const cues = layoutCues(result, limits, NO_NAME);
        for (const cue of cues) {
          expect(cue.lines.length).toBeLessThanOrEqual(limits.maxLines);
          for (const line of cue.lines) {
            expect(line.length).toBeLessThanOrEqual(limits.maxLineWords);
            const length = line.map(({ text }) => text).join(' ').length;
            // A word longer than the line stands alone.
            if (line.length > 1) expect(length).toBeLessThanOrEqual(limits.maxLineCharacters);
          }
          const words = cue.lines.flat();
          const spokenSeconds = words.at(-1)!.endSeconds - words[0]!.startSeconds;
          if (words.length > 1) expect(spokenSeconds).toBeLessThanOrEqual(limits.maxCueSeconds);
        }
        const shown = cues.map((cue) => `${cue.speaker ?? ''}: ${linesOf([cue])[0]!.join(' ')}`).join('\n');
        for (const { speaker, text } of result.utterances) {
          for (const spoken of text.split(' ')) expect(shown).toContain(spoken);
          if (speaker !== null) expect(shown).toContain(`${speaker}: `);
        }
        const count = result.utterances.reduce((sum, { text }) => sum + text.split(' ').length, 0);
        expect(cues.flatMap((cue) => cue.lines.flat()).length).toBe(count);
      }),
    );
  });

  it('ends a cue at a sentence end when it is half full', () => {
    const result = resultFromUtterances([
      utterance('A', 0, 'This is a sentence. And another one starts here now.'),
    ]);
    const limits = completeSubtitleOptions({ maxLineCharacters: 20, maxLines: 2, maxCueSeconds: 60 });
    expect(linesOf(layoutCues(result, limits, NO_NAME))).toEqual([
      ['This is a sentence.'],
      ['And another one', 'starts here now.'],
    ]);
  });

  it('leaves a short cue on the screen, but not over the next one', () => {
    const result = resultFromUtterances([utterance('A', 0, 'Yes.'), utterance('B', 0.75, 'No.')]);
    const cues = layoutCues(result, completeSubtitleOptions({ minCueSeconds: 2 }), NO_NAME);
    expect(cues.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      [0, 0.75],
      [0.75, 2.75],
    ]);
  });

  it('spreads the words of an utterance without word times', () => {
    const spoken = { ...utterance('A', 0, 'one two three four'), startSeconds: 0, endSeconds: 8, words: [] };
    const cues = layoutCues(
      resultFromUtterances([spoken]),
      completeSubtitleOptions({ maxCueSeconds: 4 }),
      NO_NAME,
    );
    expect(linesOf(cues)).toEqual([['one two'], ['three'], ['four']]);
  });

  it.each([{ maxLines: 0 }, { maxLineCharacters: -1 }, { maxCueSeconds: NaN }, { minCueSeconds: -1 }])(
    'rejects %j',
    (options) => {
      expect(() => completeSubtitleOptions(options)).toThrow(
        expect.objectContaining({ code: 'invalid_option' }),
      );
    },
  );
});

describe('highlighting', () => {
  it('underlines each word while it is spoken', () => {
    const result = resultFromUtterances([utterance('A', 0, 'one two')]);
    expect(renderSrt(result, { subtitles: { highlightWords: true, speakerNames: false } })).toBe(
      '1\n00:00:00,000 --> 00:00:00,500\n<u>one</u> two\n\n2\n00:00:00,500 --> 00:00:01,000\none <u>two</u>\n\n',
    );
  });
});
