import { describe, expect, it } from 'vitest';
import { createPlda, type PldaArrays } from '../../../../core/resolution/vbx/plda.ts';

/** D = 3, L = 2; psi ascending, so the rows of tr change places. */
const ARRAYS: PldaArrays = {
  mean1: [1, 0, 0],
  lda: [1, 0, 0, 1, 0, 0],
  mean2: [0, 0],
  mu: [0.5, 0],
  tr: [1, 0, 0, 2],
  psi: [1, 4],
};

describe('createPlda', () => {
  it('centres, scales, reduces and rotates, with the largest variance first', () => {
    const plda = createPlda(ARRAYS);
    expect([...plda.phi]).toEqual([4, 1]);
    const { data, rows, columns } = plda.project({ data: Float32Array.of(4, 4, 0), rows: 1, columns: 3 });
    expect([rows, columns]).toEqual([1, 2]);
    // (3, 4, 0) to length √3, the first two of it to length √2, less mu, times tr.
    expect(data[0]).toBeCloseTo(2 * (0.8 * Math.SQRT2), 12);
    expect(data[1]).toBeCloseTo(0.6 * Math.SQRT2 - 0.5, 12);
  });

  it('takes the mean itself, which has no direction', () => {
    const { data } = createPlda(ARRAYS).project({ data: Float32Array.of(1, 0, 0), rows: 1, columns: 3 });
    expect([...data]).toEqual([0, -0.5]);
  });

  it.each(['lda', 'mu', 'tr', 'psi'])('names %s when it does not fit', (name) => {
    expect(() => createPlda({ ...ARRAYS, [name]: [1] })).toThrow(
      expect.objectContaining({
        code: 'model_shape_mismatch',
        message: expect.stringContaining(name) as string,
      }),
    );
  });
});
