import { InvalidInputError } from '../../errors.ts';
import type { Calibration } from './calibration.ts';
import { largestOf } from '../../math/extremes.ts';

/** Keeps the slope finite where the scores of both kinds do not touch. */
const RIDGE = 1e-6;
const MAX_STEPS = 100;
const CONVERGED = 1e-10;

/** Of pairs of one speaker, and of two. */
export type ScoresByKind = { readonly targets: readonly number[]; readonly nonTargets: readonly number[] };

/** Scores of pairs whose vectors are made of about as much speech. */
export type ScoredTrials = ScoresByKind & {
  /** See `shortnessOf`. */
  readonly shortness: number;
  /** Distance of the condition means of each pair, in the order of the scores; see `PairConditions`. */
  readonly conditionDistances: {
    readonly targets: readonly number[];
    readonly nonTargets: readonly number[];
  };
};

/**
 * Fits a calibration by logistic regression; both kinds of trials weigh the same, whatever their number.
 *
 * @param targets    scores of pairs of one speaker
 * @param nonTargets scores of pairs of two speakers
 * @throws InvalidInputError `invalid_option` for fewer than 2 scores of a kind, and where targets do not score higher
 * @see N. Brümmer, J. du Preez, "Application-independent evaluation of speaker detection", CSL 20, 2006
 */
export function fitCalibration(targets: readonly number[], nonTargets: readonly number[]): Calibration {
  const conditionDistances = { targets: targets.map(() => 0), nonTargets: nonTargets.map(() => 0) };
  const trials = [{ targets, nonTargets, shortness: 0, conditionDistances }];
  const [scale = 0, offset = 0] = fit(trials, (score) => [score, 1]);
  return checked({ scale, offset, ...boundsOf(trials) });
}

/**
 * The same for a line that changes with the length of speech and with the distance of two recording conditions. Every
 * group of trials weighs the same, too.
 *
 * @throws InvalidInputError `invalid_option` as `fitCalibration`, for each group
 */
export function fitCalibrationByDuration(groups: readonly ScoredTrials[]): Calibration {
  const weights = fit(groups, (score, shortness, conditionDistance) => [
    ...[score, 1, score * shortness, shortness],
    ...[score * shortness * shortness, shortness * shortness, conditionDistance],
  ]);
  const [scale = 0, offset = 0, scaleByShortness = 0, offsetByShortness = 0] = weights;
  const [scaleBySquaredShortness = 0, offsetBySquaredShortness = 0, offsetByConditionDistance = 0] =
    weights.slice(4);
  return checked({
    ...{ scale, offset, scaleByShortness, offsetByShortness },
    ...{ scaleBySquaredShortness, offsetBySquaredShortness, offsetByConditionDistance },
    ...boundsOf(groups),
  });
}

function checked(calibration: Calibration): Calibration {
  if (calibration.scale > 0) return calibration;
  throw new InvalidInputError(
    'invalid_option',
    'A calibration needs targets that score higher than non-targets.',
  );
}

/** A score that no target had may still come from one in targets + 1, and the other way round. */
function boundsOf(groups: readonly ScoredTrials[]): Pick<Calibration, 'minLlr' | 'maxLlr'> {
  const most = (countOf: (trials: ScoredTrials) => number): number => largestOf(groups.map(countOf));
  return {
    minLlr: -Math.log(most(({ targets }) => targets.length) + 1),
    maxLlr: Math.log(most(({ nonTargets }) => nonTargets.length) + 1),
  };
}

/** Newton's steps of the mean logistic loss over what `inputsOf` makes of each score. */
function fit(
  groups: readonly ScoredTrials[],
  inputsOf: (score: number, shortness: number, conditionDistance: number) => number[],
): number[] {
  for (const { targets, nonTargets } of groups) {
    if (targets.length >= 2 && nonTargets.length >= 2) continue;
    throw new InvalidInputError(
      'invalid_option',
      `A calibration needs scores of both kinds, got ${targets.length} of targets and ${nonTargets.length} of non-targets.`,
    );
  }
  const trials = groups.flatMap((group) =>
    (['targets', 'nonTargets'] as const).flatMap((kind) => {
      const scores = group[kind];
      return scores.map((score, index) => ({
        inputs: inputsOf(score, group.shortness, group.conditionDistances[kind][index]!),
        label: kind === 'targets' ? 1 : 0,
        weight: 0.5 / scores.length / groups.length,
      }));
    }),
  );
  const weights = inputsOf(0, 0, 0).map(() => 0);
  for (let step = 0; step < MAX_STEPS; step++) {
    const gradient = weights.map((weight) => RIDGE * weight);
    const curvature = weights.map((_, row) => weights.map((__, column) => (row === column ? RIDGE : 0)));
    for (const { inputs, label, weight } of trials) {
      const logOdds = inputs.reduce((sum, input, index) => sum + weights[index]! * input, 0);
      const probability = 1 / (1 + Math.exp(-logOdds));
      inputs.forEach((input, row) => {
        gradient[row]! += weight * (probability - label) * input;
        inputs.forEach((other, column) => {
          curvature[row]![column]! += weight * probability * (1 - probability) * input * other;
        });
      });
    }
    const move = solve(curvature, gradient);
    move.forEach((value, index) => (weights[index]! -= value));
    if (move.reduce((sum, value) => sum + Math.abs(value), 0) < CONVERGED) break;
  }
  return weights;
}

/** Gaussian elimination; the matrix is positive definite, so no pivot vanishes. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, right[index]!]);
  rows.forEach((pivot, step) => {
    for (const row of rows.slice(step + 1)) {
      const factor = row[step]! / pivot[step]!;
      pivot.forEach((value, column) => (row[column]! -= factor * value));
    }
  });
  const solution = right.map(() => 0);
  for (let row = rows.length - 1; row >= 0; row--) {
    const known = rows[row]!.slice(row + 1, -1).reduce(
      (sum, value, index) => sum + value * solution[row + 1 + index]!,
      0,
    );
    solution[row] = (rows[row]!.at(-1)! - known) / rows[row]![row]!;
  }
  return solution;
}
