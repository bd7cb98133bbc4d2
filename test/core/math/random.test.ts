import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/math/random.ts';

describe('createRandom', () => {
  it('repeats itself for a seed and differs between seeds', () => {
    const draw = (seed: number): number[] => {
      const random = createRandom(seed);
      return Array.from({ length: 5 }, random);
    };
    expect(draw(42)).toEqual(draw(42));
    expect(draw(42)).not.toEqual(draw(43));
  });

  it('is spread evenly over [0, 1)', () => {
    const random = createRandom(7);
    const bins = new Int32Array(10);
    for (let i = 0; i < 100_000; i += 1) {
      const value = random();
      expect(value >= 0 && value < 1).toBe(true);
      bins[Math.floor(10 * value)]! += 1;
    }
    // Five standard deviations of a fair draw.
    for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(475);
  });
});
