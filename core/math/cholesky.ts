import { InvariantError } from '../errors.ts';

/** A symmetric positive definite matrix taken apart, ready to solve. */
export type CholeskyFactor = {
  readonly n: number;
  /** Solves A x = b; `out` may be `b`. */
  readonly solve: (b: Float64Array, out: Float64Array) => void;
};

/**
 * A = L Lᵀ by rows. Zeros at the beginning of a row stay zeros in L and are passed over, so that matrices whose entries
 * lie near the diagonal cost less than n³/6.
 *
 * @param matrix [n, n] row-major; the lower triangle is overwritten with L
 * @throws InvariantError when it is not positive definite
 * @see A. George & J. W. Liu, "Computer Solution of Large Sparse Positive Definite Systems", 1981, the envelope method
 */
export function choleskyInPlace(matrix: Float64Array, n: number): CholeskyFactor {
  const firstColumn = new Int32Array(n);
  for (let row = 0; row < n; row++) {
    let first = 0;
    while (first < row && matrix[row * n + first] === 0) first++;
    firstColumn[row] = first;
    for (let column = first; column <= row; column++) {
      const from = Math.max(first, firstColumn[column]!);
      const rest = matrix[row * n + column]! - dotOfParts(matrix, row * n, matrix, column * n, from, column);
      if (column < row) matrix[row * n + column] = rest / matrix[column * n + column]!;
      else if (rest > 0) matrix[row * n + row] = Math.sqrt(rest);
      else throw new InvariantError('A matrix that should be positive definite is not.');
    }
  }
  return { n, solve: (b, out) => solveInPlace(matrix, firstColumn, b, out) };
}

/** Sum of a[startA + k] · b[startB + k]; four sums side by side, as one would wait for itself. */
function dotOfParts(
  a: Float64Array,
  startA: number,
  b: Float64Array,
  startB: number,
  from: number,
  end: number,
): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let k = from;
  for (; k + 3 < end; k += 4) {
    sum0 += a[startA + k]! * b[startB + k]!;
    sum1 += a[startA + k + 1]! * b[startB + k + 1]!;
    sum2 += a[startA + k + 2]! * b[startB + k + 2]!;
    sum3 += a[startA + k + 3]! * b[startB + k + 3]!;
  }
  for (; k < end; k++) sum0 += a[startA + k]! * b[startB + k]!;
  return sum0 + sum1 + (sum2 + sum3);
}

function solveInPlace(
  lower: Float64Array,
  firstColumn: Int32Array,
  b: Float64Array,
  out: Float64Array,
): void {
  const n = b.length;
  if (out !== b) out.set(b);
  for (let row = 0; row < n; row++) {
    const known = dotOfParts(lower, row * n, out, 0, firstColumn[row]!, row);
    out[row] = (out[row]! - known) / lower[row * n + row]!;
  }
  for (let row = n - 1; row >= 0; row--) {
    const value = out[row]! / lower[row * n + row]!;
    out[row] = value;
    for (let k = firstColumn[row]!; k < row; k++) out[k]! -= lower[row * n + k]! * value;
  }
}
