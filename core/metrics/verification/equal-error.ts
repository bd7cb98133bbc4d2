import type { OperatingPoint } from './detection-curve.ts';

/** The equal error rate has no single value on a curve of steps; these are the three in use. Say which one is meant. */
export type EqualError = {
  /** The operating point where miss and false alarm rate are nearest, the highest threshold among equals. */
  readonly nearestPoint: OperatingPoint;
  /** Mean of the two rates there. */
  readonly nearestPointRate: number;
  /** Where the straight line between two neighbouring points has equal rates: the usual figure. */
  readonly linearRate: number;
  /** The same on the convex hull of the curve (ROCCH): never above 0.5. */
  readonly convexHullRate: number;
};

/**
 * Equal error rate of a verifier, three ways.
 *
 * @param curve of `detectionCurve`
 * @see N. Brümmer, E. de Villiers, "The BOSARIS Toolkit", 2013 (convex hull)
 */
export function equalError(curve: readonly OperatingPoint[]): EqualError {
  const nearestPoint = curve.reduce((best, point) => (distance(point) < distance(best) ? point : best));
  return {
    nearestPoint,
    nearestPointRate: (nearestPoint.missRate + nearestPoint.falseAlarmRate) / 2,
    linearRate: crossing(curve),
    convexHullRate: crossing(lowerHull(curve)),
  };
}

function distance({ missRate, falseAlarmRate }: OperatingPoint): number {
  return Math.abs(missRate - falseAlarmRate);
}

/** The rate at which a curve from (miss 1, false alarm 0) to (0, 1) meets the diagonal. */
function crossing(curve: readonly OperatingPoint[]): number {
  const index = curve.findIndex((point) => point.falseAlarmRate >= point.missRate);
  const after = curve[index]!;
  const before = curve[index - 1]!;
  const aheadBefore = before.missRate - before.falseAlarmRate;
  const aheadAfter = after.falseAlarmRate - after.missRate;
  return before.missRate + ((after.missRate - before.missRate) * aheadBefore) / (aheadBefore + aheadAfter);
}

/** The convex curve below all points (Andrew's monotone chain; false alarm rates rise along the curve). */
function lowerHull(curve: readonly OperatingPoint[]): OperatingPoint[] {
  const hull: OperatingPoint[] = [];
  for (const point of curve) {
    while (hull.length > 1 && !turnsLeft(hull.at(-2)!, hull.at(-1)!, point)) hull.pop();
    hull.push(point);
  }
  return hull;
}

function turnsLeft(a: OperatingPoint, b: OperatingPoint, c: OperatingPoint): boolean {
  return (
    (b.falseAlarmRate - a.falseAlarmRate) * (c.missRate - a.missRate) >
    (c.falseAlarmRate - a.falseAlarmRate) * (b.missRate - a.missRate)
  );
}
