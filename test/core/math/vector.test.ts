import { describe, expect, it } from 'vitest';
import {
  cosineSimilarity,
  dot,
  euclideanNorm,
  gatherRows,
  normalizeRowsLikeNumpy,
} from '../../../core/math/vector.ts';

describe('vectors', () => {
  it('multiply, measure and compare', () => {
    expect(dot([1, 2, 3], [4, 5, 6])).toBe(32);
    expect(euclideanNorm([3, 4])).toBe(5);
    expect(cosineSimilarity([1, 1], [2, 2])).toBeCloseTo(1, 15);
    expect(cosineSimilarity([1, 0], [-3, 0])).toBe(-1);
    expect(cosineSimilarity([0, 0], [1, 0])).toBeNaN();
  });

  it('are gathered as copies', () => {
    const matrix = { data: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 3, columns: 2 };
    const gathered = gatherRows(matrix, [2, 0, 2]);
    expect(gathered).toEqual({ data: Float32Array.of(5, 6, 1, 2, 5, 6), rows: 3, columns: 2 });
    gathered.data[0] = 9;
    expect(matrix.data[4]).toBe(5);
  });
});

describe('normalizeRowsLikeNumpy', () => {
  it.each([1, 5, 8, 13, 100, 128, 200, 256, 300, 1000])('gives unit rows of %i columns', (columns) => {
    const data = Float32Array.from({ length: 2 * columns }, (_, i) => Math.sin(i + 1));
    const { data: units } = normalizeRowsLikeNumpy({ data, rows: 2, columns });
    expect(euclideanNorm(units.subarray(0, columns))).toBeCloseTo(1, 6);
    expect(cosineSimilarity(units.subarray(columns), data.subarray(columns))).toBeCloseTo(1, 6);
  });

  it('adds as NumPy does, not one by one', () => {
    const data = new Float32Array(256).fill(0.5);
    data[0] = 4096;
    const { data: units } = normalizeRowsLikeNumpy({ data, rows: 1, columns: 256 });
    // x / np.linalg.norm(x, axis=-1, keepdims=True) of NumPy 2.4.6. A running float32 sum would lose every small
    // square and give 1; in double it would be 0.9999980926513672.
    expect(units[0]).toBe(0.9999982118606567);
  });
});
