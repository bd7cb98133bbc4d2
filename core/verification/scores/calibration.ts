/** From a score to what it is worth: a log-likelihood ratio, and a probability at equal prior odds. */
import { ModelError } from '../../errors.ts';

/**
 * `scale * cosine + offset`, bounded; for short speech, whose cosines are lower and say less, both change with the
 * length, and between two recording conditions, where one voice is less like itself, the offset is higher. It is data of
 * an encoder (models/manifest.json), fitted by bench/speakers/fit-calibration.ts, and holds for recordings like those that it was
 * fitted on.
 */
export type Calibration = {
  readonly scale: number;
  readonly offset: number;
  /** Added to `scale` for each unit of shortness. @default 0: the same for all lengths */
  readonly scaleByShortness?: number;
  /** Added to `offset` for each unit of shortness. @default 0 */
  readonly offsetByShortness?: number;
  /** Added to `scale` for each unit of shortness squared. @default 0 */
  readonly scaleBySquaredShortness?: number;
  /** Added to `offset` for each unit of shortness squared. @default 0 */
  readonly offsetBySquaredShortness?: number;
  /** Added to `offset` for each unit of the squared distance between the two condition means. @default 0 */
  readonly offsetByConditionDistance?: number;
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
const SHORTEST_SECONDS = 1;
const LONGEST_SECONDS = 5;

/** How little speech two vectors are made of: the mean of 1/seconds. Two of a second have 1, two of five 0.2. */
export function shortnessOf(secondsA: number, secondsB: number): number {
  const within = (seconds: number): number => Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, seconds));
  return (1 / within(secondsA) + 1 / within(secondsB)) / 2;
}

/** What else than the score tells how much it says. */
export type PairConditions = {
  /** See `shortnessOf`. */
  readonly shortness: number;
  /**
   * Squared distance of the means that were taken away from the two unit vectors: 0 where both were recorded alike, about
   * 0.3 between a telephone and a microphone. Where one is not known it counts as 0, which asks most of the score.
   *
   * @default 0
   */
  readonly conditionDistance?: number;
};

/** Natural-log likelihood ratio without the bounds: for ranking and for distances between scores. */
export function unboundedLlr(calibration: Calibration, score: number, pair: PairConditions): number {
  const { scale, offset, scaleByShortness = 0, offsetByShortness = 0 } = calibration;
  const {
    scaleBySquaredShortness = 0,
    offsetBySquaredShortness = 0,
    offsetByConditionDistance = 0,
  } = calibration;
  const { shortness, conditionDistance = 0 } = pair;
  const squared = shortness * shortness;
  return (
    (scale + scaleByShortness * shortness + scaleBySquaredShortness * squared) * score +
    (offset + offsetByShortness * shortness + offsetBySquaredShortness * squared) +
    offsetByConditionDistance * conditionDistance
  );
}

/** Natural-log likelihood ratio: above 0 the score is likelier for one speaker, below 0 for two. */
export function boundedLlr(calibration: Calibration, score: number, pair: PairConditions): number {
  const { minLlr, maxLlr } = calibration;
  return Math.min(maxLlr, Math.max(minLlr, unboundedLlr(calibration, score, pair)));
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

/**
 * The methods that are known: one calibration for all lengths of speech, one that changes with the length, and one that
 * changes with its square and with the distance between two recording conditions too.
 */
export const CALIBRATION_METHODS = [
  'affine-centred-cosine',
  'affine-centred-cosine-by-duration',
  'affine-centred-cosine-by-duration-and-condition',
] as const;

/** What a method needs besides scale, offset and the bounds. */
const PARAMETERS_OF = {
  'affine-centred-cosine': [],
  'affine-centred-cosine-by-duration': ['scaleByShortness', 'offsetByShortness'],
  'affine-centred-cosine-by-duration-and-condition': [
    'scaleByShortness',
    'offsetByShortness',
    'scaleBySquaredShortness',
    'offsetBySquaredShortness',
    'offsetByConditionDistance',
  ],
} as const satisfies Readonly<Record<(typeof CALIBRATION_METHODS)[number], readonly (keyof Calibration)[]>>;

/**
 * Reads a calibration of the manifest.
 *
 * @throws ModelError `model_shape_mismatch` for another method, or parameters that are missing or make no sense
 */
export function readCalibration({ method, parameters }: CalibrationEntry, modelId: string): Calibration {
  const { scale = NaN, offset = NaN, minLlr = NaN, maxLlr = NaN } = parameters;
  const known = CALIBRATION_METHODS.find((name) => name === method);
  const further = known === undefined ? [] : PARAMETERS_OF[known];
  const calibration: Calibration = {
    ...{ scale, offset, minLlr, maxLlr },
    ...Object.fromEntries(further.map((name) => [name, parameters[name] ?? NaN])),
  };
  // At the lengths that any pair can have, a higher score never says less.
  const slopes = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const shortness = shortnessOf(Infinity, Infinity) * (1 - share) + shortnessOf(0, 0) * share;
    return unboundedLlr(calibration, 1, { shortness }) - unboundedLlr(calibration, 0, { shortness });
  });
  const rises = slopes.every((slope) => slope > 0);
  const isSound = rises && Object.values(calibration).every(Number.isFinite) && minLlr < 0 && maxLlr > 0;
  if (known !== undefined && isSound) return calibration;
  throw new ModelError(
    'model_shape_mismatch',
    `The calibration of ${modelId} cannot be used: expected a method of ${CALIBRATION_METHODS.join(', ')} with all its parameters, a scale above 0 at every length, minLlr below 0 and maxLlr above 0.`,
    { details: { model: modelId } },
  );
}
