import { InvariantError } from '../errors.ts';

/** Eigenvalues ascending, and a unit vector for each. */
export type EigenSystem = {
  readonly values: Float64Array;
  /** [n, n] row-major; row k belongs to value k. */
  readonly vectors: Float64Array;
};

/** QL needs about two rounds a value; far more means that the matrix is not finite. */
const MAX_ROUNDS = 60;

/**
 * All eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to three diagonals, then QL with
 * implicit shifts. Cost grows with n³; for graphs of thousands see `lanczos.ts`.
 *
 * @param matrix [n, n] row-major; left as it is
 * @throws InvariantError for values that are not finite
 * @see J. H. Wilkinson & C. Reinsch, "Handbook for Automatic Computation II: Linear Algebra", 1971, tred2 and tql2
 */
export function symmetricEigen(matrix: Float64Array, n: number): EigenSystem {
  // Row k of `rows` will be eigenvector k: QL then turns whole rows, which lie together in memory.
  const rows = matrix.slice();
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  if (n > 0) {
    accumulate(rows, n, reduceToTridiagonal(rows, n, diagonal, beside));
    diagonalize(rows, n, diagonal, beside);
  }
  const order = [...diagonal.keys()].sort((a, b) => diagonal[a]! - diagonal[b]!);
  const vectors = new Float64Array(n * n);
  order.forEach((row, rank) => vectors.set(rows.subarray(row * n, (row + 1) * n), rank * n));
  return { values: Float64Array.from(order, (row) => diagonal[row]!), vectors };
}

/**
 * All eigenvalues, ascending, and the last entry of each one's unit vector: a sixth of the work of whole vectors. The
 * last coordinate is the one that Householder's reduction leaves as it is.
 *
 * @param matrix [n, n] row-major; left as it is
 * @throws InvariantError for values that are not finite
 */
export function eigenvaluesWithLastEntries(
  matrix: Float64Array,
  n: number,
): { readonly values: Float64Array; readonly lastEntries: Float64Array } {
  const rows = matrix.slice();
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const last = new Float64Array(n);
  if (n > 0) {
    reduceToTridiagonal(rows, n, diagonal, beside);
    last[n - 1] = 1;
    diagonalize(last, 1, diagonal, beside);
  }
  const order = [...diagonal.keys()].sort((a, b) => diagonal[a]! - diagonal[b]!);
  return {
    values: Float64Array.from(order, (row) => diagonal[row]!),
    lastEntries: Float64Array.from(order, (row) => last[row]!),
  };
}

/**
 * Householder: `matrix = Q T Qᵀ`, the diagonal of T and, from index 1, what stands beside it; what `accumulate` makes
 * Q of stays in `v` and is returned.
 *
 * Works on the lower triangle from the last row up; row i holds its Householder vector until `accumulate` needs it.
 */
function reduceToTridiagonal(
  v: Float64Array,
  n: number,
  diagonal: Float64Array,
  beside: Float64Array,
): Float64Array {
  const scales = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) {
    const row = v.subarray(i * n, i * n + i);
    let scale = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(row[k]!);
    if (i === 1 || scale === 0) {
      beside[i] = row[i - 1]!;
      continue;
    }
    let h = 0;
    for (let k = 0; k < i; k++) {
      row[k]! /= scale;
      h += row[k]! * row[k]!;
    }
    const last = row[i - 1]!;
    const root = last >= 0 ? -Math.sqrt(h) : Math.sqrt(h);
    beside[i] = scale * root;
    h -= last * root;
    row[i - 1] = last - root;
    scales[i] = h;
    applyReflection(v, n, i, h, diagonal);
  }
  for (let i = 0; i < n; i++) diagonal[i] = v[i * n + i]!;
  return scales;
}

/** A ← P A P for the leading i rows and columns, lower triangle only; `work` is overwritten. */
function applyReflection(v: Float64Array, n: number, i: number, h: number, work: Float64Array): void {
  const row = v.subarray(i * n, i * n + i);
  work.fill(0, 0, i);
  for (let j = 0; j < i; j++) {
    const lower = v.subarray(j * n, j * n + j);
    const own = row[j]!;
    let sum = v[j * n + j]! * own;
    for (let k = 0; k < j; k++) {
      sum += lower[k]! * row[k]!;
      work[k]! += lower[k]! * own;
    }
    work[j]! += sum;
  }
  let product = 0;
  for (let j = 0; j < i; j++) {
    work[j]! /= h;
    product += work[j]! * row[j]!;
  }
  const half = product / (2 * h);
  for (let j = 0; j < i; j++) work[j]! -= half * row[j]!;
  for (let j = 0; j < i; j++) {
    const lower = v.subarray(j * n, j * n + j + 1);
    const a = row[j]!;
    const b = work[j]!;
    for (let k = 0; k <= j; k++) lower[k]! -= a * work[k]! + b * row[k]!;
  }
}

/** Multiplies the reflections out, first row last, so that `v` holds Qᵀ. */
function accumulate(v: Float64Array, n: number, scales: Float64Array): void {
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  const sums = new Float64Array(n);
  // Q = P_{n-1} … P_1; each P_i acts on the leading i coordinates. Q's columns are turned from the left.
  for (let i = 1; i < n; i++) {
    const h = scales[i]!;
    if (h === 0) continue;
    const row = v.subarray(i * n, i * n + i);
    sums.fill(0);
    for (let k = 0; k < i; k++) {
      const factor = row[k]! / h;
      for (let j = 0; j < i; j++) sums[j]! += factor * q[k * n + j]!;
    }
    for (let k = 0; k < i; k++) {
      const factor = row[k]!;
      for (let j = 0; j < i; j++) q[k * n + j]! -= factor * sums[j]!;
    }
  }
  for (let row = 0; row < n; row++)
    for (let column = 0; column < n; column++) v[column * n + row] = q[row * n + column]!;
}

/** QL with implicit shifts; rotates the rows of `v`, `width` values each, along. */
function diagonalize(v: Float64Array, width: number, diagonal: Float64Array, beside: Float64Array): void {
  const n = diagonal.length;
  beside.copyWithin(0, 1);
  beside[n - 1] = 0;
  for (let first = 0; first < n; first++) {
    for (let round = 0; ; round++) {
      const end = firstSmall(diagonal, beside, first);
      if (end === first) break;
      if (round === MAX_ROUNDS) throw new InvariantError('An eigenproblem did not converge.');
      rotateRound(v, width, diagonal, beside, first, end);
    }
  }
}

function firstSmall(diagonal: Float64Array, beside: Float64Array, from: number): number {
  let index = from;
  for (; index < diagonal.length - 1; index++) {
    const size = Math.abs(diagonal[index]!) + Math.abs(diagonal[index + 1]!);
    if (Math.abs(beside[index]!) <= Number.EPSILON * size || beside[index] === 0) break;
  }
  return index;
}

function rotateRound(
  v: Float64Array,
  width: number,
  diagonal: Float64Array,
  beside: Float64Array,
  first: number,
  end: number,
): void {
  const next = diagonal[first + 1]!;
  let g = (next - diagonal[first]!) / (2 * beside[first]!);
  const r = Math.hypot(g, 1);
  g = diagonal[end]! - diagonal[first]! + beside[first]! / (g + (g >= 0 ? r : -r));
  let sine = 1;
  let cosine = 1;
  let shift = 0;
  for (let i = end - 1; i >= first; i--) {
    const f = sine * beside[i]!;
    const b = cosine * beside[i]!;
    const length = Math.hypot(f, g);
    beside[i + 1] = length;
    if (length === 0) {
      diagonal[i + 1]! -= shift;
      beside[end] = 0;
      return;
    }
    sine = f / length;
    cosine = g / length;
    g = diagonal[i + 1]! - shift;
    const turn = (diagonal[i]! - g) * sine + 2 * cosine * b;
    shift = sine * turn;
    diagonal[i + 1] = g + shift;
    g = cosine * turn - b;
    rotateRows(v, i * width, width, sine, cosine);
  }
  diagonal[first]! -= shift;
  beside[first] = g;
  beside[end] = 0;
}

/** Turns the row at `start` and the one after it. */
function rotateRows(v: Float64Array, start: number, width: number, sine: number, cosine: number): void {
  for (let upper = start, lower = start + width; upper < start + width; upper++, lower++) {
    const below = v[lower]!;
    v[lower] = sine * v[upper]! + cosine * below;
    v[upper] = cosine * v[upper]! - sine * below;
  }
}
