import { describe, expect, it } from 'vitest';
import { joinWords } from '../../../../core/text/join-words.ts';
import { NemoVocabulary } from '../../../../core/transcription/nemo/nemo-vocabulary.ts';
import { timeWords } from '../../../../core/transcription/nemo/time-words.ts';

const vocabulary = NemoVocabulary.parse('▁go 0\ning 1\n. 2\n▁on 3\n<blk> 4\n', 'model');

function decoded(tokens: number[], frames: number[], endFrames: number[], logProbs: number[]) {
  return { tokens, frames, endFrames, logProbs, frameCounts: tokens.map(() => 1) };
}

describe('timeWords', () => {
  it('ends a word with its last token that is no punctuation', () => {
    const words = timeWords(decoded([0, 1, 2], [1, 3, 20], [3, 5, 21], [0, 0, 0]), vocabulary, 0.1);
    expect(words).toEqual([{ text: 'going.', startSeconds: 0.1, endSeconds: 0.5, confidence: 1 }]);
  });

  it('never reaches into the next word', () => {
    const words = timeWords(decoded([0, 3], [1, 3], [8, 4], [0, Math.log(0.5)]), vocabulary, 1);
    expect(words.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      [1, 3],
      [3, 4],
    ]);
    expect(words[1]!.confidence).toBeCloseTo(0.5, 12);
  });

  it('takes the characters of a script without spaces for words of their own', () => {
    const japanese = NemoVocabulary.parse('▁日本 0\nで 1\n、 2\niPad 3\nを 4\n<blk> 5\n', 'model');
    const tokens = [0, 1, 2, 3, 4];
    const words = timeWords(decoded(tokens, tokens, [1, 2, 3, 4, 5], [0, 0, 0, 0, 0]), japanese, 1);
    expect(words.map(({ text }) => text)).toEqual(['日', '本', 'で、', 'iPad', 'を']);
    expect(joinWords(words)).toBe('日本で、iPadを');
    expect(japanese.text(tokens)).toBe('日本で、iPadを');
  });

  it('shares a frame between words that came out of it together', () => {
    const words = timeWords(decoded([0, 3], [2, 2], [3, 3], [0, 0]), vocabulary, 1);
    expect(words.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      [2, 3],
      [2, 3],
    ]);
  });
});
