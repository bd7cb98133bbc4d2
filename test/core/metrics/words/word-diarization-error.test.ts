import { describe, expect, it } from 'vitest';
import type { SpokenUtterance } from '../../../../core/metrics/words/spoken-utterance.ts';
import {
  sumWordDiarizationErrors,
  wordDiarizationError,
} from '../../../../core/metrics/words/word-diarization-error.ts';

/** "A: one two" starting at each second. */
function conversation(...lines: readonly string[]): SpokenUtterance[] {
  return lines.map((line, index) => {
    const [speaker, text] = line.split(': ') as [string, string];
    return { speaker, startSeconds: index, endSeconds: index + 1, words: text.split(' ') };
  });
}

describe('wordDiarizationError', () => {
  it('counts correct and substituted words with the wrong speaker', () => {
    const reference = conversation('A: one two three', 'B: four five');
    // "two" and "four" carry the wrong speaker, one of them is substituted as well; "three" is deleted.
    const hypothesis = conversation('x: one', 'y: too', 'x: four', 'y: five');
    expect(wordDiarizationError(reference, hypothesis)).toMatchObject({
      alignedWords: 4,
      wrongSpeakerWords: 2,
      errorRate: 0.5,
      mapping: new Map([
        ['x', 'A'],
        ['y', 'B'],
      ]),
    });
  });

  it('is blind to the names of speakers and to recognition errors', () => {
    const reference = conversation('A: one two', 'B: three four');
    const hypothesis = conversation('B: won too', 'A: three for');
    expect(wordDiarizationError(reference, hypothesis).errorRate).toBe(0);
  });

  it('is 0 where nothing is aligned', () => {
    expect(wordDiarizationError([], conversation('x: one'))).toMatchObject({ alignedWords: 0, errorRate: 0 });
  });

  it('is summed over recordings by words', () => {
    const parts = [
      { alignedWords: 9, wrongSpeakerWords: 0 },
      { alignedWords: 1, wrongSpeakerWords: 1 },
    ];
    expect(sumWordDiarizationErrors(parts).errorRate).toBe(0.1);
  });
});
