import { ModelError } from '../../errors.ts';
import type { Matrix } from '../../math/matrix.ts';
import { dot } from '../../math/vector.ts';

/** The arrays of a two-covariance model. */
export type TwoCovarianceArrays = {
  /** [D] mean of the features before the transform. */
  readonly offset: ArrayLike<number>;
  /** [D, D], row-major; its rows diagonalise both covariances at once. */
  readonly transform: ArrayLike<number>;
  /** [D] variance between speakers along each row; the variance within a speaker is 1. */
  readonly phi: ArrayLike<number>;
};

/**
 * What is known of how voices differ: features with variance 1 within a speaker, over recording conditions too, and
 * `phi` between speakers.
 *
 * @see N. Brümmer, E. de Villiers, "The speaker partitioning problem", Odyssey 2010
 */
export type TwoCovariance = {
  readonly dimension: number;
  readonly phi: Float64Array;
  /** Features [n, D] of centred unit vectors [n, D]: `transform · (√D · v − offset)`, in double. */
  readonly features: (vectors: Matrix<Float32Array | Float64Array>) => Matrix<Float64Array>;
};

/**
 * Prepares a two-covariance model.
 *
 * @throws ModelError `model_shape_mismatch` when the arrays do not fit together, or hold what no variance is
 */
export function createTwoCovariance({ offset, transform, phi }: TwoCovarianceArrays): TwoCovariance {
  const dimension = phi.length;
  const fits = offset.length === dimension && transform.length === dimension * dimension && dimension > 0;
  const variances = Float64Array.from(phi);
  if (!fits || !variances.every((value) => value >= 0 && Number.isFinite(value))) {
    throw new ModelError(
      'model_shape_mismatch',
      `Expected the two-covariance model to hold an offset and variances from 0 up of one length and a square transform, got ${offset.length}, ${phi.length} and ${transform.length} values; colloquy models verify tells whether its file is whole.`,
    );
  }
  const matrix = Float64Array.from({ length: dimension * dimension }, (_, index) => transform[index]!);
  const scale = Math.sqrt(dimension);
  const features = (vectors: Matrix<Float32Array | Float64Array>): Matrix<Float64Array> => {
    const data = new Float64Array(vectors.data.length);
    const shifted = new Float64Array(dimension);
    for (let start = 0; start < data.length; start += dimension) {
      for (let i = 0; i < dimension; i += 1) shifted[i] = scale * vectors.data[start + i]! - offset[i]!;
      multiply(matrix, shifted, data.subarray(start, start + dimension));
    }
    return { data, rows: vectors.rows, columns: dimension };
  };
  return { dimension, phi: variances, features };
}

/** `out` = matrix [n, n] · vector; four rows side by side, as one sum would wait for itself. */
function multiply(matrix: Float64Array, vector: Float64Array, out: Float64Array): void {
  const n = vector.length;
  let row = 0;
  for (; row + 3 < n; row += 4) {
    let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
    for (let k = 0, at = row * n; k < n; k += 1, at += 1) {
      const value = vector[k]!;
      sum0 += matrix[at]! * value;
      sum1 += matrix[at + n]! * value;
      sum2 += matrix[at + 2 * n]! * value;
      sum3 += matrix[at + 3 * n]! * value;
    }
    out[row] = sum0;
    out[row + 1] = sum1;
    out[row + 2] = sum2;
    out[row + 3] = sum3;
  }
  for (; row < n; row += 1) out[row] = dot(matrix.subarray(row * n, (row + 1) * n), vector);
}
