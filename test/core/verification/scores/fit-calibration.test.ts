import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../../core/math/normal-quantile.ts';
import { unboundedLlr } from '../../../../core/verification/scores/calibration.ts';
import {
  fitCalibration,
  fitCalibrationByDuration,
} from '../../../../core/verification/scores/fit-calibration.ts';

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

describe('fitCalibrationByDuration', () => {
  const none = { targets: new Array<number>(800).fill(0), nonTargets: new Array<number>(800).fill(0) };

  it('finds a line that bends with the length of speech', () => {
    // Normal scores of variance 0.02 around 0.8 - 0.4 s and 0.1: (35 - 20 s) · score - 15.75 + 16 s - 4 s².
    const groups = [0.2, 0.35, 0.5, 0.75, 1].map((shortness) => ({
      targets: normal(800, 0.8 - 0.4 * shortness, Math.sqrt(0.02)),
      nonTargets: normal(800, 0.1, Math.sqrt(0.02)),
      shortness,
      conditionDistances: none,
    }));
    const found = fitCalibrationByDuration(groups);
    for (const { shortness } of groups) {
      const pair = { shortness };
      const wanted = (score: number): number =>
        (35 - 20 * shortness) * score - 15.75 + 16 * shortness - 4 * shortness ** 2;
      for (const score of [0.2, 0.35, 0.5])
        expect(Math.abs(unboundedLlr(found, score, pair) - wanted(score))).toBeLessThan(0.75);
    }
  });

  it('finds how much lower scores are between two recording conditions', () => {
    const group = (lower: number, distance: number) => ({
      targets: normal(800, 0.6 - lower, 0.2),
      nonTargets: normal(800, 0.2 - lower, 0.2),
      shortness: 0.2,
      conditionDistances: {
        targets: none.targets.map(() => distance),
        nonTargets: none.nonTargets.map(() => distance),
      },
    });
    // A slope of 10, so that 0.15 less cosine at a distance of 0.3 are 5 a unit.
    const found = fitCalibrationByDuration([group(0, 0), group(0.15, 0.3)]);
    expect(found.offsetByConditionDistance).toBeCloseTo(5, 0);
  });
});
