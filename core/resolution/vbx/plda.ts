import { ModelError } from '../../errors.ts';
import { rowOf, zeroMatrix, type Matrix } from '../../math/matrix.ts';
import { dot, euclideanNorm } from '../../math/vector.ts';

/** The trained arrays of a PLDA model, as `xvec_transform.npz` and `plda.npz` of pyannote's community-1 hold them. */
export type PldaArrays = {
  /** [D] mean of the raw embeddings. */
  readonly mean1: ArrayLike<number>;
  /** [D, L] linear discriminant analysis. */
  readonly lda: ArrayLike<number>;
  /** [L] mean after it. */
  readonly mean2: ArrayLike<number>;
  /** [L] mean of the PLDA model. */
  readonly mu: ArrayLike<number>;
  /** [L, L] rows diagonalise within- and between-speaker covariance at once. */
  readonly tr: ArrayLike<number>;
  /** [L] between-speaker variance along each row of `tr`; the within-speaker variance is 1. */
  readonly psi: ArrayLike<number>;
};

/** Maps speaker embeddings to a space where VBx's model holds: unit variance within a speaker, `phi` between. */
export type Plda = {
  readonly embeddingDimension: number;
  /** [L] variance between speakers of each feature, descending. */
  readonly phi: Float64Array;
  /** Features [n, L] of raw embeddings [n, D]. */
  readonly project: (embeddings: Matrix) => Matrix<Float64Array>;
};

/**
 * Prepares a PLDA model; all arithmetic is double.
 *
 * VBx's own set-up rebuilds both covariances from `tr` and `psi` and solves the generalised eigenproblem
 * B v = λ W v. With W = tr⁻¹ tr⁻ᵀ and B = tr⁻¹ diag(psi) tr⁻ᵀ its solution is known: the rows of `tr` with
 * eigenvalues `psi`, already of unit W-length. So sorting them is all there is to do (equal to LAPACK's `eigh` within
 * 2e-13 on community-1's arrays, but for the sign of each feature, which VBx cannot see).
 *
 * @throws ModelError `model_shape_mismatch` when the arrays do not fit together
 * @see pyannote.audio 4 `utils.vbx.vbx_setup`
 */
export function createPlda(arrays: PldaArrays): Plda {
  const dimension = arrays.mean1.length;
  const featureCount = arrays.mean2.length;
  checkLength('lda', arrays.lda, dimension * featureCount);
  checkLength('mu', arrays.mu, featureCount);
  checkLength('tr', arrays.tr, featureCount * featureCount);
  checkLength('psi', arrays.psi, featureCount);
  const psi = Float64Array.from(arrays.psi);
  const order = [...psi.keys()].sort((a, b) => psi[b]! - psi[a]!);
  const tr = { data: Float64Array.from(arrays.tr), rows: featureCount, columns: featureCount };
  const transform = order.map((row) => rowOf(tr, row));
  const ldaT = rowsOfTransposed(arrays.lda, dimension, featureCount);

  const project = (embeddings: Matrix): Matrix<Float64Array> => {
    const features = zeroMatrix(embeddings.rows, featureCount);
    const centred = new Float64Array(dimension);
    const reduced = new Float64Array(featureCount);
    for (let row = 0; row < embeddings.rows; row += 1) {
      // u = √D · (x − mean1) / |x − mean1|
      subtract(rowOf(embeddings, row), arrays.mean1, centred);
      scaleToLength(centred, Math.sqrt(dimension));
      // v = √L · (ldaᵀ u − mean2) / |ldaᵀ u − mean2|
      multiply(ldaT, centred, reduced);
      subtract(reduced, arrays.mean2, reduced);
      scaleToLength(reduced, Math.sqrt(featureCount));
      // feature = tr (v − mu), rows of `tr` by descending `psi`
      subtract(reduced, arrays.mu, reduced);
      multiply(transform, reduced, rowOf(features, row));
    }
    return features;
  };
  return { embeddingDimension: dimension, phi: Float64Array.from(order, (index) => psi[index]!), project };
}

function checkLength(name: string, array: ArrayLike<number>, expected: number): void {
  if (array.length === expected) return;
  throw new ModelError(
    'model_shape_mismatch',
    `Expected ${expected} values in the PLDA array ${name}, got ${array.length}; fetch the model again.`,
  );
}

/** The columns of a matrix of this many rows. */
function rowsOfTransposed(values: ArrayLike<number>, rows: number, columns: number): Float64Array[] {
  return Array.from({ length: columns }, (_, column) =>
    Float64Array.from({ length: rows }, (_value, row) => values[row * columns + column]!),
  );
}

/** A vector without a direction stays as it is. */
function scaleToLength(vector: Float64Array, length: number): void {
  const norm = euclideanNorm(vector);
  if (norm === 0) return;
  const factor = length / norm;
  for (let i = 0; i < vector.length; i += 1) vector[i]! *= factor;
}

/** out = a − b; `out` may be `a`. */
function subtract(a: ArrayLike<number>, b: ArrayLike<number>, out: Float64Array): void {
  for (let i = 0; i < out.length; i += 1) out[i] = a[i]! - b[i]!;
}

/** out = matrix · vector */
function multiply(matrix: readonly Float64Array[], vector: Float64Array, out: Float64Array): void {
  matrix.forEach((row, index) => (out[index] = dot(row, vector)));
}
