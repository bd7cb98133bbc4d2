/**
 * Adaptive symmetric score normalisation: a score counts by how far it stands out from the scores that both voices have
 * with strangers, so that one threshold fits voices that resemble many others and voices that resemble nobody.
 *
 * @see P. Matějka et al., "Analysis of score normalization in multilingual speaker recognition", Interspeech 2017
 */
import { InvalidInputError } from '../../errors.ts';
import { dot } from '../../math/vector.ts';

/** Strangers to compare with: unit vectors, prepared as the voices are. */
export type ScoreCohort = {
  readonly vectors: readonly Float64Array[];
  /** Only the nearest strangers of a voice count. */
  readonly nearest: number;
};

/** What the cohort says of one voice; computed once a voice. */
export type CohortStatistics = { readonly mean: number; readonly deviation: number };

/** Deviations below this would blow scores up: a cohort of equal vectors is no cohort. */
const LEAST_DEVIATION = 1e-3;

/**
 * Mean and standard deviation of the scores of a voice with its nearest strangers.
 *
 * @param vector unit length, prepared as the cohort is
 * @throws InvalidInputError `invalid_option` for a cohort of fewer than two
 */
export function cohortStatistics(vector: Float64Array, { vectors, nearest }: ScoreCohort): CohortStatistics {
  const count = Math.min(nearest, vectors.length);
  if (count < 2) {
    throw new InvalidInputError(
      'invalid_option',
      `A cohort needs at least 2 voices to normalise scores, got ${count}.`,
    );
  }
  const scores = vectors.map((stranger) => dot(vector, stranger)).sort((a, b) => b - a);
  let mean = 0;
  for (let index = 0; index < count; index++) mean += scores[index]! / count;
  let squares = 0;
  for (let index = 0; index < count; index++) squares += (scores[index]! - mean) ** 2;
  return { mean, deviation: Math.max(LEAST_DEVIATION, Math.sqrt(squares / count)) };
}

/** The normalised score of two voices: the mean of how far it stands out for either, in standard deviations. */
export function normalizedScore(score: number, a: CohortStatistics, b: CohortStatistics): number {
  return ((score - a.mean) / a.deviation + (score - b.mean) / b.deviation) / 2;
}
