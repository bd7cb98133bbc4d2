import { describe, expect, it } from 'vitest';
import { weightedMeans } from '../../../core/resolution/weighted-means.ts';

describe('weightedMeans', () => {
  const vectors = { data: Float32Array.of(1, 2, 3, 4, 10, 20), rows: 3, columns: 2 };

  it('averages by label', () => {
    expect([...weightedMeans(vectors, Int32Array.of(1, 1, 0), 2).data]).toEqual([10, 20, 2, 3]);
  });

  it('weighs, and has NaN for a cluster of nothing', () => {
    const { data } = weightedMeans(vectors, Int32Array.of(0, 0, 2), 3, Float64Array.of(3, 1, 1));
    expect([...data]).toEqual([1.5, 2.5, NaN, NaN, 10, 20]);
  });
});
