import { describe, expect, it } from 'vitest';
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

  it('shares a frame between words that came out of it together', () => {
    const words = timeWords(decoded([0, 3], [2, 2], [3, 3], [0, 0]), vocabulary, 1);
    expect(words.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      [2, 3],
      [2, 3],
    ]);
  });
});
