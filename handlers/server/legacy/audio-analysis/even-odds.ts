import {
  shortnessOf,
  unboundedLlr,
  UNKNOWN_SPEECH_SECONDS,
  type Calibration,
} from '../../../../core/verification/scores/calibration.ts';

/**
 * The cosine at which one speaker and two are equally likely, by the calibration of an encoder: what a decision is made
 * by where the caller names no threshold. Short speech has another one than long speech.
 *
 * @param speechSeconds of the two voices; a vector alone counts as speech of unknown length
 */
export function evenOddsCosine(
  calibration: Calibration,
  speechSeconds: readonly [number, number | undefined],
): number {
  const [first, second = UNKNOWN_SPEECH_SECONDS] = speechSeconds;
  const pair = { shortness: shortnessOf(first, second) };
  const atZero = unboundedLlr(calibration, 0, pair);
  const perUnit = unboundedLlr(calibration, 1, pair) - atZero;
  return Math.min(1, Math.max(-1, -atZero / perUnit));
}
