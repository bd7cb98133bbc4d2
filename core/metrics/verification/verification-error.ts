import { actualDetectionCost, minDetectionCost, type DetectionCost } from './detection-cost.ts';
import { areaUnderCurve, detectionCurve } from './detection-curve.ts';
import { equalError, type EqualError } from './equal-error.ts';
import { logLikelihoodRatioCost, minLogLikelihoodRatioCost } from './log-likelihood-ratio-cost.ts';

/** Priors of a target at which verifiers are usually compared (NIST SRE, VoxSRC). */
export const USUAL_TARGET_PRIORS = [0.01, 0.05] as const;

/** All figures of a speaker verifier on a list of trials. */
export type VerificationError = {
  readonly equalError: EqualError;
  /** By target prior; both costs of an error are 1. */
  readonly detectionCosts: readonly {
    readonly targetPrior: number;
    readonly min: DetectionCost;
    readonly actual: DetectionCost;
  }[];
  readonly logLikelihoodRatioCost: number;
  readonly minLogLikelihoodRatioCost: number;
  readonly areaUnderCurve: number;
};

/**
 * Equal error rate, detection costs and calibration costs of a verifier. A trial is accepted when its score reaches
 * the threshold. The actual costs read the scores as natural-log likelihood ratios.
 *
 * @throws InvalidInputError `invalid_option` for lists that are empty or hold NaN, and for priors outside (0, 1)
 */
export function verificationError(
  targets: readonly number[],
  nonTargets: readonly number[],
  targetPriors: readonly number[] = USUAL_TARGET_PRIORS,
): VerificationError {
  const curve = detectionCurve(targets, nonTargets);
  return {
    equalError: equalError(curve),
    detectionCosts: targetPriors.map((targetPrior) => ({
      targetPrior,
      min: minDetectionCost(curve, { targetPrior }),
      actual: actualDetectionCost(targets, nonTargets, { targetPrior }),
    })),
    logLikelihoodRatioCost: logLikelihoodRatioCost(targets, nonTargets),
    minLogLikelihoodRatioCost: minLogLikelihoodRatioCost(targets, nonTargets),
    areaUnderCurve: areaUnderCurve(curve),
  };
}
