import { reaches, type Threshold } from './scores/threshold.ts';
import type { VoiceScore } from './scores/voice-score.ts';
import type { PreparedVoice, VoiceScorer } from './scores/voice-scorer.ts';

/** Whether two voices are one, by the threshold that stands beside the answer. */
export type VoiceDecision = VoiceScore & { readonly threshold: Threshold; readonly sameSpeaker: boolean };

/**
 * Compares two voices. The decision follows from the threshold alone: the pair is one speaker where its value on the
 * threshold's scale is at least the threshold.
 *
 * @param threshold a likelihood ratio of 1 where it is left out
 * @throws InvalidInputError `invalid_option` for a threshold that does not fit its scale or the encoder
 */
export function decide(
  scorer: VoiceScorer,
  a: PreparedVoice,
  b: PreparedVoice,
  threshold?: Threshold,
): VoiceDecision {
  const resolved = scorer.thresholdOrDefault(threshold);
  const score = scorer.score(a, b);
  return { ...score, threshold: resolved, sameSpeaker: reaches(score, resolved) };
}
