import { expect, it } from 'vitest';
import { roundToHalf } from '../../../core/math/half-precision.ts';

it('rounds to half precision as NumPy does', () => {
  // numpy.float32(x).astype(numpy.float16), NumPy 2.4.6
  const cases: [number, number][] = [
    [0.1, 0.0999755859375],
    [-1 / 3, -0.333251953125],
    [2049, 2048],
    [2051, 2052],
    [65504, 65504],
    [65519, 65504],
    [65520, Infinity],
    [-70000, -Infinity],
    [1e-7, 1.1920928955078125e-7],
    [2.9e-8, 0],
    [3e-8, 5.960464477539063e-8],
    [1e-5, 1.0013580322265625e-5],
    [0, 0],
    [Infinity, Infinity],
  ];
  for (const [value, half] of cases) expect(roundToHalf(value)).toBe(half);
  expect(roundToHalf(NaN)).toBeNaN();
});

it('leaves numbers of half precision as they are', () => {
  for (let exponent = -14; exponent < 16; exponent++) {
    for (let fraction = 0; fraction < 1024; fraction++) {
      const half = (1 + fraction / 1024) * 2 ** exponent;
      expect(roundToHalf(half)).toBe(half);
      expect(roundToHalf(-half)).toBe(-half);
    }
  }
});
