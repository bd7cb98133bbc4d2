import { describe, expect, it } from 'vitest';
import { quantiseRows } from '../../../core/segmentation/quantise-rows.ts';

describe('quantiseRows', () => {
  it('rounds each row by its own scale and turns each matrix', () => {
    // Two matrices of two rows and three columns.
    const weights = Float32Array.of(1, -0.5, 0.25, 10, 20, -127, 0, 0, 0, -2, 1, 2);
    const { bytes, scales } = quantiseRows(weights, 3, 2);
    expect([...scales].map((scale) => scale * 127)).toEqual([
      expect.closeTo(1, 5),
      expect.closeTo(127, 4),
      0,
      expect.closeTo(2, 5),
    ]);
    // By column, then by row.
    expect([...bytes]).toEqual([127, 10, -63, 20, 32, -127, 0, -127, 0, 64, 0, 127]);
  });

  it('is off by half a step at most', () => {
    const weights = Float32Array.from({ length: 4 * 50 }, (_, index) => Math.sin(index * 1.7) * (index + 1));
    const { bytes, scales } = quantiseRows(weights, 50, 4);
    weights.forEach((weight, index) => {
      const [row, column] = [Math.floor(index / 50), index % 50];
      expect(Math.abs(bytes[column * 4 + row]! * scales[row]! - weight)).toBeLessThanOrEqual(
        scales[row]! * 0.5001,
      );
    });
  });
});
