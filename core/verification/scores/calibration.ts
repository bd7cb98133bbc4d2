/** From a score to what it is worth: a log-likelihood ratio, and a probability at equal prior odds. */
import { ModelError } from '../../errors.ts';

/**
 * `scale * cosine + offset`, bounded. It is data of an encoder (models/manifest.json), fitted by
 * bench/fit-calibration.ts, and holds for recordings like those that it was fitted on.
 */
export type Calibration = {
  readonly scale: number;
  readonly offset: number;
  /**
   * What the fitting data can bear out, natural log: with n pairs of strangers nobody can tell that a score is more
   * than about n times as likely for one speaker as for two.
   *
   * @see P. Vergeer et al., "Numerical likelihood ratios outputted by LR systems are often based on extrapolation: when
   *   to stop extrapolating?", Science & Justice 56, 2016
   */
  readonly minLlr: number;
  readonly maxLlr: number;
};

/** Natural-log likelihood ratio without the bounds: for ranking and for distances between scores. */
export function unboundedLlr({ scale, offset }: Calibration, score: number): number {
  return scale * score + offset;
}

/** Natural-log likelihood ratio: above 0 the score is likelier for one speaker, below 0 for two. */
export function boundedLlr(calibration: Calibration, score: number): number {
  const { minLlr, maxLlr } = calibration;
  return Math.min(maxLlr, Math.max(minLlr, unboundedLlr(calibration, score)));
}

/** Probability of one speaker where both cases are equally likely beforehand. */
export function probabilityOf(llr: number): number {
  return 1 / (1 + Math.exp(-llr));
}

/** How the manifest writes a calibration. */
export type CalibrationEntry = {
  readonly method: string;
  readonly parameters: Readonly<Record<string, number>>;
};

/** The one method that is known. */
export const CALIBRATION_METHOD = 'affine-centred-cosine';

/**
 * Reads a calibration of the manifest.
 *
 * @throws ModelError `configuration_invalid` for another method, or parameters that are missing or make no sense
 */
export function readCalibration({ method, parameters }: CalibrationEntry, modelId: string): Calibration {
  const { scale = NaN, offset = NaN, minLlr = NaN, maxLlr = NaN } = parameters;
  const isSound = scale > 0 && Number.isFinite(scale) && Number.isFinite(offset) && minLlr < 0 && maxLlr > 0;
  if (method === CALIBRATION_METHOD && isSound) return { scale, offset, minLlr, maxLlr };
  throw new ModelError(
    'model_shape_mismatch',
    `The calibration of ${modelId} cannot be used: expected method ${CALIBRATION_METHOD} with scale above 0, offset, minLlr below 0 and maxLlr above 0.`,
    { details: { model: modelId } },
  );
}
