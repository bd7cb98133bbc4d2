import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../../core/math/normal-quantile.ts';
import { fitCalibration } from '../../../../core/verification/scores/fit-calibration.ts';

/** Values of a normal distribution at equally spaced quantiles. */
function normal(count: number, mean: number, deviation: number): number[] {
  return Array.from(
    { length: count },
    (_, index) => mean + deviation * normalQuantile((index + 0.5) / count),
  );
}

describe('fitCalibration', () => {
  it('finds the likelihood ratio of two normal distributions, whatever the numbers of scores', () => {
    // ln N(s; 0.6, 0.2) / N(s; 0.2, 0.2) = (0.6 - 0.2) / 0.04 × (s - 0.4).
    for (const [targetCount, nonTargetCount] of [
      [2000, 2000],
      [500, 5000],
    ] as const) {
      const { scale, offset } = fitCalibration(
        normal(targetCount, 0.6, 0.2),
        normal(nonTargetCount, 0.2, 0.2),
      );
      expect(scale).toBeCloseTo(10, 0);
      expect(offset).toBeCloseTo(-4, 0);
    }
  });

  it('claims no more than its data can bear out', () => {
    const { minLlr, maxLlr } = fitCalibration(normal(99, 0.6, 0.2), normal(999, 0.2, 0.2));
    expect(minLlr).toBeCloseTo(-Math.log(100), 12);
    expect(maxLlr).toBeCloseTo(Math.log(1000), 12);
  });

  it('stays finite where the scores do not touch', () => {
    const { scale, offset } = fitCalibration([0.8, 0.9], [0.1, 0.2]);
    expect(scale * 0.85 + offset).toBeGreaterThan(0);
    expect(scale * 0.15 + offset).toBeLessThan(0);
    expect(Number.isFinite(scale)).toBe(true);
  });

  it.each([
    ['without scores', [], []],
    ['with a single target', [0.5], [0.1, 0.2]],
    ['where targets score lower', [0.1, 0.2, 0.3], [0.7, 0.8, 0.9]],
  ])('refuses to fit %s', (_, targets, nonTargets) => {
    expect(() => fitCalibration(targets, nonTargets)).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });
});
