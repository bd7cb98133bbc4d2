import { InvalidInputError } from '../../errors.ts';
import { normalQuantile } from '../../math/normal-quantile.ts';

/** How often a verifier errs when it accepts every score from the threshold on. */
export type OperatingPoint = {
  readonly threshold: number;
  /** Share of the targets that are rejected. */
  readonly missRate: number;
  /** Share of the non-targets that are accepted. */
  readonly falseAlarmRate: number;
};

/**
 * All operating points of a verifier, from the threshold Infinity (nothing is accepted) down over every distinct
 * score.
 *
 * @param targets    scores of pairs of the same speaker
 * @param nonTargets scores of pairs of different speakers
 * @throws InvalidInputError `invalid_option` where a list is empty or holds NaN
 */
export function detectionCurve(targets: readonly number[], nonTargets: readonly number[]): OperatingPoint[] {
  checkScores(targets, nonTargets);
  const trials = [
    ...targets.map((score) => ({ score, target: true })),
    ...nonTargets.map((score) => ({ score, target: false })),
  ].sort((a, b) => b.score - a.score);
  const points: OperatingPoint[] = [{ threshold: Infinity, missRate: 1, falseAlarmRate: 0 }];
  let [acceptedTargets, acceptedNonTargets] = [0, 0];
  for (const [index, { score, target }] of trials.entries()) {
    if (target) acceptedTargets += 1;
    else acceptedNonTargets += 1;
    if (trials[index + 1]?.score === score) continue;
    points.push({
      threshold: score,
      missRate: (targets.length - acceptedTargets) / targets.length,
      falseAlarmRate: acceptedNonTargets / nonTargets.length,
    });
  }
  return points;
}

/** Throws `invalid_option` unless both lists hold scores and no NaN. */
export function checkScores(targets: readonly number[], nonTargets: readonly number[]): void {
  if (targets.length === 0 || nonTargets.length === 0) {
    throw new InvalidInputError(
      'invalid_option',
      `Expected scores of both kinds, got ${targets.length} of targets and ${nonTargets.length} of non-targets.`,
    );
  }
  if (targets.some(Number.isNaN) || nonTargets.some(Number.isNaN)) {
    throw new InvalidInputError('invalid_option', 'Expected scores that are numbers, got NaN.');
  }
}

/** A point of a DET plot: both rates on the scale of the normal distribution. */
export type DetPoint = OperatingPoint & {
  readonly missQuantile: number;
  readonly falseAlarmQuantile: number;
};

/**
 * The curve as it is drawn: where scores are normal it is a straight line.
 *
 * @see A. Martin et al., "The DET curve in assessment of detection task performance", Eurospeech 1997
 */
export function detPoints(curve: readonly OperatingPoint[]): DetPoint[] {
  return curve.map((point) => ({
    ...point,
    missQuantile: normalQuantile(point.missRate),
    falseAlarmQuantile: normalQuantile(point.falseAlarmRate),
  }));
}

/** The smallest miss rate among the points with at most this false alarm rate. */
export function missRateAt(curve: readonly OperatingPoint[], mostFalseAlarmRate: number): number {
  // Along the curve false alarms rise and misses fall.
  return curve.findLast((point) => point.falseAlarmRate <= mostFalseAlarmRate)?.missRate ?? 1;
}

/** Probability that a target scores above a non-target, ties half. */
export function areaUnderCurve(curve: readonly OperatingPoint[]): number {
  let area = 0;
  for (let index = 1; index < curve.length; index += 1) {
    const [before, after] = [curve[index - 1]!, curve[index]!];
    area += (after.falseAlarmRate - before.falseAlarmRate) * (1 - (before.missRate + after.missRate) / 2);
  }
  return area;
}
