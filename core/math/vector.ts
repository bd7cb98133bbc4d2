import type { Matrix } from './matrix.ts';

/** Scalar product of two vectors of equal length, accumulated in double. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!;
  return sum;
}

/** Euclidean length, accumulated in double. */
export function euclideanNorm(vector: ArrayLike<number>): number {
  return Math.sqrt(dot(vector, vector));
}

/**
 * Divides a vector by its length, in place; one of zeros stays.
 *
 * @returns the length before
 */
export function normalize(vector: Float64Array): number {
  const length = euclideanNorm(vector);
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  return length;
}

/** Cosine similarity in [-1, 1]; NaN where either vector is zero or not finite. */
export function cosineSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return dot(a, b) / (euclideanNorm(a) * euclideanNorm(b));
}

/** The rows at `indices` as a new matrix. */
export function gatherRows(matrix: Matrix, indices: ArrayLike<number>): Matrix {
  const { columns, data } = matrix;
  const gathered = new Float32Array(indices.length * columns);
  for (let i = 0; i < indices.length; i += 1) {
    const start = indices[i]! * columns;
    gathered.set(data.subarray(start, start + columns), i * columns);
  }
  return { data: gathered, rows: indices.length, columns };
}

/** Every row divided by its length, in double. Rows must not be zero. */
export function withUnitRows(matrix: Matrix<Float32Array | Float64Array>): Matrix<Float64Array> {
  const { rows, columns } = matrix;
  const data = Float64Array.from(matrix.data);
  for (let start = 0; start < data.length; start += columns) {
    const norm = euclideanNorm(data.subarray(start, start + columns));
    for (let i = 0; i < columns; i += 1) data[start + i]! /= norm;
  }
  return { data, rows, columns };
}

/**
 * Every row divided by its length, all in single precision and in NumPy's order of additions.
 *
 * The one place where we accumulate in float32 on purpose: pyannote normalises float32 rows with NumPy before it
 * clusters them, and only the same roundings give the same dendrogram to the last bit, ties and inversions included.
 *
 * @see numpy/_core/src/umath/loops_utils.h.src, `pairwise_sum`
 */
export function normalizeRowsLikeNumpy(matrix: Matrix): Matrix {
  const { rows, columns } = matrix;
  const data = new Float32Array(matrix.data.length);
  const squares = new Float32Array(columns);
  for (let row = 0; row < rows; row += 1) {
    const start = row * columns;
    for (let i = 0; i < columns; i += 1) squares[i] = matrix.data[start + i]! * matrix.data[start + i]!;
    const norm = Math.fround(Math.sqrt(pairwiseSum(squares, 0, columns)));
    for (let i = 0; i < columns; i += 1) data[start + i] = matrix.data[start + i]! / norm;
  }
  return { data, rows, columns };
}

const PAIRWISE_BLOCK = 128;
const LANES = 8;

/** NumPy's float32 sum: halves down to blocks of 128, eight running sums in a block. */
export function pairwiseSum(values: Float32Array, start: number, count: number): number {
  const { fround } = Math;
  if (count < LANES) {
    let sum = 0;
    for (let i = 0; i < count; i += 1) sum = fround(sum + values[start + i]!);
    return sum;
  }
  if (count > PAIRWISE_BLOCK) {
    let half = Math.floor(count / 2);
    half -= half % LANES;
    return fround(pairwiseSum(values, start, half) + pairwiseSum(values, start + half, count - half));
  }
  const lanes = values.slice(start, start + LANES);
  let i = LANES;
  for (; i < count - (count % LANES); i += LANES) {
    for (let lane = 0; lane < LANES; lane += 1) lanes[lane]! += values[start + i + lane]!;
  }
  const pair = (lane: number): number => fround(lanes[lane]! + lanes[lane + 1]!);
  let sum = fround(fround(pair(0) + pair(2)) + fround(pair(4) + pair(6)));
  for (; i < count; i += 1) sum = fround(sum + values[start + i]!);
  return sum;
}
