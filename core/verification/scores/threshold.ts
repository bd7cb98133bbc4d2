/** A decision border, always together with the scale that it lives on. */
import { InvalidInputError } from '../../errors.ts';
import type { VoiceScore } from './voice-score.ts';
import type { ScoreScale } from '../../result/voice-terms.ts';

/** A pair counts as one speaker from `value` on. */
export type Threshold = { readonly scale: ScoreScale; readonly value: number };

const RANGES: Readonly<Record<ScoreScale, readonly [number, number]>> = {
  cosine: [-1, 1],
  llr: [-Number.MAX_VALUE, Number.MAX_VALUE],
  probability: [0, 1],
  'as-norm': [-Number.MAX_VALUE, Number.MAX_VALUE],
};

/** @throws InvalidInputError `invalid_option` for a value outside its scale */
export function checkThreshold({ scale, value }: Threshold): void {
  const [low, high] = RANGES[scale];
  if (value >= low && value <= high) return;
  const expected = scale === 'llr' || scale === 'as-norm' ? 'a finite number' : `${low} to ${high}`;
  throw new InvalidInputError(
    'invalid_option',
    `A threshold on the scale ${scale} is ${expected}, got ${value}.`,
    { details: { option: 'threshold' } },
  );
}

/**
 * The value of a score on a scale.
 *
 * @throws InvalidInputError `invalid_option` where the encoder has no calibration, or no cohort
 */
export function valueOnScale(score: VoiceScore, scale: ScoreScale): number {
  const value = {
    cosine: score.score,
    llr: score.llr,
    probability: score.probability,
    'as-norm': score.normalizedScore,
  }[scale];
  if (value !== null) return value;
  throw new InvalidInputError(
    'invalid_option',
    scale === 'as-norm'
      ? 'This encoder has no cohort of strangers to normalise scores with; give a threshold on another scale.'
      : `This encoder has no calibration, so a score has no ${scale}; give a threshold on the scale cosine.`,
    { details: { option: 'threshold', scale } },
  );
}

/** True where the score reaches the threshold. */
export function reaches(score: VoiceScore, { scale, value }: Threshold): boolean {
  return valueOnScale(score, scale) >= value;
}
