import { expect, it } from 'vitest';
import {
  complementaryError,
  logNormalMass,
  logNormalTail,
  truncatedNormalQuantile,
} from '../../../core/math/normal-distribution.ts';

it('knows erfc as scipy does', () => {
  // scipy.special.erfc, scipy 1.17
  const cases: [number, number][] = [
    [0, 1],
    [0.3, 0.6713732405408726],
    [1.5, 0.03389485352468927],
    [-2, 1.9953222650189528],
    [4.5, 1.9661604415428878e-10],
  ];
  for (const [x, value] of cases) expect(Math.abs(complementaryError(x) / value - 1)).toBeLessThan(1e-13);
});

it('knows tails far beyond where the chance itself is 0', () => {
  // scipy.special.log_ndtr
  expect(logNormalTail(10)).toBeCloseTo(-53.23128515051248, 11);
  expect(logNormalTail(40)).toBeCloseTo(-804.6084420137539, 9);
  expect(logNormalTail(-3)).toBeCloseTo(Math.log(1 - 0.0013498980316300946), 14);
});

it('keeps the mass of a slice of a tail', () => {
  expect(logNormalMass(-1, 1)).toBeCloseTo(Math.log(0.6826894921370859), 13);
  expect(logNormalMass(30, 31)).toBeCloseTo(logNormalTail(30), 9);
  expect(logNormalMass(-31, -30)).toBeCloseTo(logNormalMass(30, 31), 12);
});

it('turns its quantile back into the probability', () => {
  for (const [a, b] of [
    [-2, 3],
    [0, 5],
    [-40, 0.5],
    [-0.001, 60],
  ] as const) {
    for (const probability of [0, 1e-6, 0.3, 0.5, 0.999]) {
      const x = truncatedNormalQuantile(probability, a, b);
      expect(x).toBeGreaterThanOrEqual(a - 1e-9);
      expect(x).toBeLessThanOrEqual(b + 1e-9);
      const back = x <= a ? 0 : Math.exp(logNormalMass(a, x) - logNormalMass(a, b));
      expect(Math.abs(back - probability)).toBeLessThan(1e-8);
    }
  }
});
