import { expect } from 'vitest';

/** Tolerance of the metrics' golden values: they carry 12 significant digits. */
export const METRIC_TOLERANCE = 1e-9;

/**
 * Fails unless `actual` is within `tolerance × max(1, |expected|)` of `expected`; equal infinities and two NaN agree.
 *
 * @param where what is compared, for the failure message
 */
export function expectClose(
  actual: number,
  expected: number,
  where: string,
  tolerance = METRIC_TOLERANCE,
): void {
  if (Object.is(actual, expected) || actual === expected) return;
  const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  expect.soft(error, `${where}: expected ${expected}, got ${actual}`).toBeLessThanOrEqual(tolerance);
}
