import { describe, expect, it } from 'vitest';
import { integratedLoudness, loudnessRange, lufsOfPower } from '../../../core/loudness/gating.ts';

const powerOf = (lufs: number): number => 10 ** ((lufs + 0.691) / 10);

describe('integratedLoudness', () => {
  it('leaves out windows below -70 LUFS and windows 10 LU below the mean of the rest', () => {
    const powers = [-20, -20, -80, -35].map(powerOf);
    // Mean of -20, -20 and -35 is -21.6; the gate is at -31.6.
    expect(integratedLoudness(powers)).toBeCloseTo(-20, 9);
    expect(integratedLoudness([-20, -26].map(powerOf))).toBeCloseTo(-22.0371, 4);
  });

  it('is minus infinity when everything is below the gate', () => {
    expect(integratedLoudness([powerOf(-71), 0])).toBe(-Infinity);
    expect(integratedLoudness([])).toBe(-Infinity);
  });
});

describe('loudnessRange', () => {
  it('spans from the 10th to the 95th percentile above a gate of -20 LU', () => {
    const levels = Array.from({ length: 101 }, (_, index) => -30 + index / 10);
    expect(loudnessRange(levels.map(powerOf))).toBeCloseTo(8.5, 9);
    // The mean is near -27, so -60 is below the gate and does not widen the range.
    expect(loudnessRange([...levels, -60].map(powerOf))).toBeCloseTo(8.5, 9);
  });

  it('is zero for a steady level and for silence', () => {
    expect(loudnessRange([-23, -23, -23].map(powerOf))).toBe(0);
    expect(loudnessRange([0, 0])).toBe(0);
  });
});

describe('lufsOfPower', () => {
  it('is minus infinity for silence', () => {
    expect(lufsOfPower(0)).toBe(-Infinity);
  });
});
