import { ModelError } from '../../errors.ts';
import type { Matrix } from '../../math/matrix.ts';

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
  const transform = Float64Array.from({ length: featureCount * featureCount }, (_, i) => {
    const row = order[Math.floor(i / featureCount)]!;
    return arrays.tr[row * featureCount + (i % featureCount)]!;
  });
  const lda = transposed(arrays.lda, dimension, featureCount);

  const project = (embeddings: Matrix): Matrix<Float64Array> => {
    const features = new Float64Array(embeddings.rows * featureCount);
    const centred = new Float64Array(dimension);
    const reduced = new Float64Array(featureCount);
    for (let row = 0; row < embeddings.rows; row += 1) {
      for (let i = 0; i < dimension; i += 1) {
        centred[i] = embeddings.data[row * dimension + i]! - arrays.mean1[i]!;
      }
      scaleToLength(centred, Math.sqrt(dimension));
      multiply(lda, centred, reduced);
      for (let i = 0; i < featureCount; i += 1) reduced[i]! -= arrays.mean2[i]!;
      scaleToLength(reduced, Math.sqrt(featureCount));
      for (let i = 0; i < featureCount; i += 1) reduced[i]! -= arrays.mu[i]!;
      multiply(transform, reduced, features.subarray(row * featureCount, (row + 1) * featureCount));
    }
    return { data: features, rows: embeddings.rows, columns: featureCount };
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

function transposed(values: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      out[column * rows + row] = values[row * columns + column]!;
    }
  }
  return out;
}

/** A vector without a direction stays as it is. */
function scaleToLength(vector: Float64Array, length: number): void {
  let squares = 0;
  for (let i = 0; i < vector.length; i += 1) squares += vector[i]! * vector[i]!;
  if (squares === 0) return;
  const factor = length / Math.sqrt(squares);
  for (let i = 0; i < vector.length; i += 1) vector[i]! *= factor;
}

/** out = matrix · vector, row-major. */
function multiply(matrix: Float64Array, vector: Float64Array, out: Float64Array): void {
  const columns = vector.length;
  for (let row = 0; row < out.length; row += 1) {
    let sum = 0;
    for (let i = 0; i < columns; i += 1) sum += matrix[row * columns + i]! * vector[i]!;
    out[row] = sum;
  }
}
