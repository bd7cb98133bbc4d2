import { describe, expect, it } from 'vitest';
import {
  checkThreshold,
  reaches,
  type Threshold,
  valueOnScale,
} from '../../../../core/verification/scores/threshold.ts';

const score = { score: 0.5, llr: 2, probability: 0.88, normalizedScore: 3.5 };

describe('checkThreshold', () => {
  it.each<Threshold>([
    { scale: 'cosine', value: -1 },
    { scale: 'cosine', value: 1 },
    { scale: 'llr', value: -40 },
    { scale: 'probability', value: 0 },
    { scale: 'as-norm', value: 12 },
  ])('takes $scale $value', (threshold) => {
    checkThreshold(threshold);
  });

  it.each<Threshold>([
    { scale: 'cosine', value: 1.01 },
    { scale: 'probability', value: -0.1 },
    { scale: 'probability', value: 50 },
    { scale: 'llr', value: Infinity },
    { scale: 'llr', value: NaN },
  ])('refuses $scale $value', (threshold) => {
    expect(() => checkThreshold(threshold)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  });
});

describe('reaches', () => {
  it.each<[Threshold, boolean]>([
    [{ scale: 'cosine', value: 0.5 }, true],
    [{ scale: 'cosine', value: 0.500001 }, false],
    [{ scale: 'llr', value: 2 }, true],
    [{ scale: 'probability', value: 0.9 }, false],
    [{ scale: 'as-norm', value: 3.5 }, true],
  ])('compares on the scale of %o, and counts the border in', (threshold, expected) => {
    expect(reaches(score, threshold)).toBe(expected);
  });

  it('refuses a scale that the score does not have', () => {
    expect(() => valueOnScale({ ...score, llr: null }, 'llr')).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });
});
