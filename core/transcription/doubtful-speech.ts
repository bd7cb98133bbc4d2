import type { ResultWarning } from '../result/result.ts';
import type { RecognisedSegment } from './recogniser.ts';

/**
 * Mean confidence of words below which they are hardly what was said. Of 1.0 at most, clear English gave Moonshine tiny
 * 0.75 to 0.98, far-field meetings 0.68 to 0.87, and speech that is no English (recordings played backwards) 0.42 to
 * 0.66, eight of ten below this.
 */
const MIN_MEAN_CONFIDENCE = 0.6;

/** The mean of fewer words says little. */
const MIN_WORDS = 10;

/**
 * Says when a recogniser guessed more than it heard: it writes words for speech in a language that it does not know
 * too. Nothing is dropped, since no word by itself can be told to be wrong.
 */
export function doubtfulSpeech(texts: readonly RecognisedSegment[]): ResultWarning[] {
  let [sum, count] = [0, 0];
  for (const { words } of texts) {
    for (const { confidence } of words) {
      if (confidence === undefined) continue;
      sum += confidence;
      count++;
    }
  }
  if (count < MIN_WORDS || sum / count >= MIN_MEAN_CONFIDENCE) return [];
  return [
    {
      code: 'low_confidence',
      message:
        'The recogniser is unsure of most words: the speech may be in another language, or its sound too poor.',
    },
  ];
}
