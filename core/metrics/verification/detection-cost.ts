import { InvalidInputError } from '../../errors.ts';
import { checkScores, type OperatingPoint } from './detection-curve.ts';

/** What errors cost, and how often targets are to be expected. */
export type DetectionCostOptions = {
  /** Prior probability of a target, in (0, 1). */
  readonly targetPrior: number;
  readonly missCost?: number;
  readonly falseAlarmCost?: number;
};

/** A detection cost with the operating point that it belongs to. */
export type DetectionCost = OperatingPoint & {
  readonly cost: number;
  /** Cost over that of the better of "accept all" and "reject all". */
  readonly normalisedCost: number;
};

/**
 * minDCF: the smallest detection cost that any threshold gives; normalised it is never above 1. The highest threshold
 * wins ties.
 *
 * @throws InvalidInputError `invalid_option` for a prior outside (0, 1) or a cost that is not above 0
 * @see NIST 2016 Speaker Recognition Evaluation Plan, section 3
 */
export function minDetectionCost(
  curve: readonly OperatingPoint[],
  options: DetectionCostOptions,
): DetectionCost {
  const costOf = costFunction(options);
  return curve.map(costOf).reduce((best, point) => (point.cost < best.cost ? point : best));
}

/**
 * actDCF: the detection cost at the threshold that would be best if the scores were log-likelihood ratios.
 *
 * @param targets,nonTargets natural-log likelihood ratios
 * @throws InvalidInputError `invalid_option` as `minDetectionCost`, and for lists that are empty or hold NaN
 */
export function actualDetectionCost(
  targets: readonly number[],
  nonTargets: readonly number[],
  options: DetectionCostOptions,
): DetectionCost {
  checkScores(targets, nonTargets);
  const costOf = costFunction(options);
  const { targetPrior, missCost = 1, falseAlarmCost = 1 } = options;
  const threshold = Math.log((falseAlarmCost * (1 - targetPrior)) / (missCost * targetPrior));
  return costOf({
    threshold,
    missRate: targets.filter((score) => score < threshold).length / targets.length,
    falseAlarmRate: nonTargets.filter((score) => score >= threshold).length / nonTargets.length,
  });
}

function costFunction(options: DetectionCostOptions): (point: OperatingPoint) => DetectionCost {
  const { targetPrior, missCost = 1, falseAlarmCost = 1 } = options;
  if (!(targetPrior > 0 && targetPrior < 1)) {
    throw new InvalidInputError(
      'invalid_option',
      `Expected a targetPrior between 0 and 1, got ${targetPrior}.`,
    );
  }
  if (!(missCost > 0 && falseAlarmCost > 0)) {
    throw new InvalidInputError(
      'invalid_option',
      `Expected costs above 0, got ${missCost} and ${falseAlarmCost}.`,
    );
  }
  const missWeight = missCost * targetPrior;
  const falseAlarmWeight = falseAlarmCost * (1 - targetPrior);
  return (point) => {
    const cost = missWeight * point.missRate + falseAlarmWeight * point.falseAlarmRate;
    return { ...point, cost, normalisedCost: cost / Math.min(missWeight, falseAlarmWeight) };
  };
}
