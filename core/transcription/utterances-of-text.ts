import type { Utterance } from '../result/result.ts';
import { groupUtterances, type UtteranceOptions } from '../transcript/utterances.ts';
import type { RecognisedSegment } from './recogniser.ts';

/**
 * The utterances of text that was just recognised, before the rest of the recording is known.
 *
 * @param speaker `null` where it is not known yet
 */
export function utterancesOfText(
  { startSeconds, endSeconds, text, words }: RecognisedSegment,
  speaker: string | null,
  options: UtteranceOptions,
): Utterance[] {
  if (words.length === 0) return [{ speaker, startSeconds, endSeconds, text, words: [] }];
  return groupUtterances(
    words.map((word) => ({ ...word, speaker })),
    options,
  );
}
