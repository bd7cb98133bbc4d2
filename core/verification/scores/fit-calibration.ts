import { InvalidInputError } from '../../errors.ts';
import type { Calibration } from './calibration.ts';

/** Keeps the slope finite where the scores of both kinds do not touch. */
const RIDGE = 1e-6;
const MAX_STEPS = 100;
const CONVERGED = 1e-10;

/**
 * Fits a calibration by logistic regression; both kinds of trials weigh the same, whatever their number.
 *
 * @param targets    scores of pairs of one speaker
 * @param nonTargets scores of pairs of two speakers
 * @throws InvalidInputError `invalid_option` for fewer than 2 scores of a kind, and where targets do not score higher
 * @see N. Brümmer, J. du Preez, "Application-independent evaluation of speaker detection", CSL 20, 2006
 */
export function fitCalibration(targets: readonly number[], nonTargets: readonly number[]): Calibration {
  if (targets.length < 2 || nonTargets.length < 2) {
    throw new InvalidInputError(
      'invalid_option',
      `A calibration needs scores of both kinds, got ${targets.length} of targets and ${nonTargets.length} of non-targets.`,
    );
  }
  let [scale, offset] = [0, 0];
  for (let step = 0; step < MAX_STEPS; step++) {
    const [moveScale, moveOffset] = newtonStep(targets, nonTargets, scale, offset);
    scale -= moveScale;
    offset -= moveOffset;
    if (Math.abs(moveScale) + Math.abs(moveOffset) < CONVERGED) break;
  }
  if (!(scale > 0)) {
    throw new InvalidInputError(
      'invalid_option',
      'A calibration needs targets that score higher than non-targets.',
    );
  }
  // A score that no target had may still come from one in targets + 1, and the other way round.
  return {
    scale,
    offset,
    minLlr: -Math.log(targets.length + 1),
    maxLlr: Math.log(nonTargets.length + 1),
  };
}

/** Gradient and curvature of the mean logistic loss, and where Newton would go. */
function newtonStep(
  targets: readonly number[],
  nonTargets: readonly number[],
  scale: number,
  offset: number,
): readonly [number, number] {
  let [gradScale, gradOffset] = [RIDGE * scale, 0];
  let [curveScale, curveMixed, curveOffset] = [RIDGE, 0, 1e-12];
  const add = (scores: readonly number[], label: number): void => {
    const weight = 0.5 / scores.length;
    for (const score of scores) {
      const probability = 1 / (1 + Math.exp(-(scale * score + offset)));
      const slope = weight * (probability - label);
      const curve = weight * probability * (1 - probability);
      gradScale += slope * score;
      gradOffset += slope;
      curveScale += curve * score * score;
      curveMixed += curve * score;
      curveOffset += curve;
    }
  };
  add(targets, 1);
  add(nonTargets, 0);
  const determinant = curveScale * curveOffset - curveMixed * curveMixed;
  return [
    (curveOffset * gradScale - curveMixed * gradOffset) / determinant,
    (curveScale * gradOffset - curveMixed * gradScale) / determinant,
  ];
}
