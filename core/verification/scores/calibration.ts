/** From a score to what it is worth: a log-likelihood ratio, and a probability at equal prior odds. */
import { ModelError } from '../../errors.ts';

/**
 * `scale * cosine + offset`, bounded; for short speech, whose cosines are lower and say less, both change with the
 * length. It is data of an encoder (models/manifest.json), fitted by bench/fit-calibration.ts, and holds for recordings
 * like those that it was fitted on.
 */
export type Calibration = {
  readonly scale: number;
  readonly offset: number;
  /** Added to `scale` for each unit of shortness. @default 0: the same for all lengths */
  readonly scaleByShortness?: number;
  /** Added to `offset` for each unit of shortness. @default 0 */
  readonly offsetByShortness?: number;
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

/** Speech that a vector is taken to be made of where nobody knows. */
export const UNKNOWN_SPEECH_SECONDS = 5;

/** Shorter and longer speech counts as this much: no calibration was fitted on other lengths. */
const SHORTEST_SECONDS = 0.75;
const LONGEST_SECONDS = 15;

/** How little speech two vectors are made of: the mean of 1/seconds. Two of a second have 1, two of five 0.2. */
export function shortnessOf(secondsA: number, secondsB: number): number {
  const within = (seconds: number): number => Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, seconds));
  return (1 / within(secondsA) + 1 / within(secondsB)) / 2;
}

/** Natural-log likelihood ratio without the bounds: for ranking and for distances between scores. */
export function unboundedLlr(calibration: Calibration, score: number, shortness: number): number {
  const { scale, offset, scaleByShortness = 0, offsetByShortness = 0 } = calibration;
  return (scale + scaleByShortness * shortness) * score + offset + offsetByShortness * shortness;
}

/** Natural-log likelihood ratio: above 0 the score is likelier for one speaker, below 0 for two. */
export function boundedLlr(calibration: Calibration, score: number, shortness: number): number {
  const { minLlr, maxLlr } = calibration;
  return Math.min(maxLlr, Math.max(minLlr, unboundedLlr(calibration, score, shortness)));
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

/** The methods that are known: one calibration for all lengths of speech, or one that changes with it. */
export const CALIBRATION_METHODS = ['affine-centred-cosine', 'affine-centred-cosine-by-duration'] as const;

/**
 * Reads a calibration of the manifest.
 *
 * @throws ModelError `model_shape_mismatch` for another method, or parameters that are missing or make no sense
 */
export function readCalibration({ method, parameters }: CalibrationEntry, modelId: string): Calibration {
  const { scale = NaN, offset = NaN, minLlr = NaN, maxLlr = NaN } = parameters;
  const isByDuration = method === CALIBRATION_METHODS[1];
  const lengths = isByDuration ? parameters : {};
  const { scaleByShortness = isByDuration ? NaN : 0, offsetByShortness = isByDuration ? NaN : 0 } = lengths;
  const calibration = { scale, offset, scaleByShortness, offsetByShortness, minLlr, maxLlr };
  const shortest = shortnessOf(0, 0);
  const rises = scale > 0 && scale + scaleByShortness * shortest > 0;
  const isSound = rises && Object.values(calibration).every(Number.isFinite) && minLlr < 0 && maxLlr > 0;
  if ((CALIBRATION_METHODS as readonly string[]).includes(method) && isSound) return calibration;
  throw new ModelError(
    'model_shape_mismatch',
    `The calibration of ${modelId} cannot be used: expected a method of ${CALIBRATION_METHODS.join(', ')} with a scale above 0 at every length, offset, minLlr below 0 and maxLlr above 0.`,
    { details: { model: modelId } },
  );
}
