import { describe, expect, it } from 'vitest';
import {
  cohortStatistics,
  normalizedScore,
} from '../../../../core/verification/scores/score-normalization.ts';

const axis = (index: number, dimension = 4): Float64Array =>
  Float64Array.from({ length: dimension }, (_, i) => (i === index ? 1 : 0));
const voice = Float64Array.of(0.9, 0.3, 0.1, Math.sqrt(1 - 0.91));
const vectors = [0, 1, 2, 3].map((index) => axis(index));

describe('cohortStatistics', () => {
  it('takes mean and deviation of the nearest strangers alone', () => {
    const { mean, deviation } = cohortStatistics(voice, { vectors, nearest: 2 });
    // The two largest of 0.9, 0.3, 0.1, 0.3.
    expect(mean).toBeCloseTo(0.6, 12);
    expect(deviation).toBeCloseTo(0.3, 12);
  });

  it('takes all of a small cohort', () => {
    expect(cohortStatistics(voice, { vectors, nearest: 300 }).mean).toBeCloseTo(0.4, 12);
  });

  it('stays finite for a cohort of equal vectors', () => {
    expect(cohortStatistics(voice, { vectors: [axis(0), axis(0)], nearest: 2 }).deviation).toBeGreaterThan(0);
  });

  it('refuses a cohort of one', () => {
    expect(() => cohortStatistics(voice, { vectors: [axis(0)], nearest: 5 })).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });
});

describe('normalizedScore', () => {
  it('is the mean of the deviations on both sides', () => {
    expect(normalizedScore(0.8, { mean: 0.2, deviation: 0.1 }, { mean: 0.4, deviation: 0.2 })).toBeCloseTo(
      4,
      12,
    );
  });

  it('does not depend on the order', () => {
    const [a, b] = [
      { mean: 0.2, deviation: 0.1 },
      { mean: 0.4, deviation: 0.3 },
    ];
    expect(normalizedScore(0.5, a, b)).toBe(normalizedScore(0.5, b, a));
  });
});
