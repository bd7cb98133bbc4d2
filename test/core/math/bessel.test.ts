import { describe, expect, it } from 'vitest';
import { besselI0 } from '../../../core/math/bessel.ts';

describe('besselI0', () => {
  it('has the values of Abramowitz and Stegun, table 9.8 and 9.11', () => {
    expect(besselI0(0)).toBe(1);
    expect(besselI0(1)).toBeCloseTo(1.2660658778, 9);
    expect(besselI0(5)).toBeCloseTo(27.2398718236, 8);
    expect(besselI0(10) / 2815.7166284662544).toBeCloseTo(1, 12);
  });
});
