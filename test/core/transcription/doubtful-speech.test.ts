import { expect, it } from 'vitest';
import { doubtfulSpeech } from '../../../core/transcription/doubtful-speech.ts';
import type { RecognisedSegment } from '../../../core/transcription/recogniser.ts';

/** A segment of words of these confidences. */
function heard(...confidences: readonly (number | undefined)[]): RecognisedSegment {
  const words = confidences.map((confidence, index) => ({
    text: 'word',
    startSeconds: index,
    endSeconds: index + 1,
    ...(confidence === undefined ? {} : { confidence }),
  }));
  return { text: 'words', startSeconds: 0, endSeconds: words.length, words };
}

const times = (count: number, value: number) => Array.from({ length: count }, () => value);

it('warns when most words are guesses, over all segments', () => {
  expect(doubtfulSpeech([heard(...times(6, 0.9)), heard(...times(14, 0.4))])).toMatchObject([
    { code: 'low_confidence' },
  ]);
});

it('is silent about clear speech, few words, and recognisers that give no confidence', () => {
  expect(doubtfulSpeech([heard(...times(14, 0.9)), heard(...times(6, 0.1))])).toEqual([]);
  expect(doubtfulSpeech([heard(...times(9, 0.1))])).toEqual([]);
  expect(doubtfulSpeech([heard(...Array.from({ length: 20 }, () => undefined))])).toEqual([]);
  expect(doubtfulSpeech([])).toEqual([]);
});
