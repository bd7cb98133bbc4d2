import { roundToHalf } from '../../math/half-precision.ts';
import type { Matrix } from '../../math/matrix.ts';
import { pairwiseSum } from '../../math/vector.ts';
import { baseScaleOf, mapToScale, type MultiScaleEmbeddings } from './scale-embeddings.ts';

/** How alike each pair of segments is; [n, n] row-major, symmetric, the larger the more alike. */
export type Affinity = { readonly values: Float32Array; readonly size: number };

/** Added to every norm; `eps` of NeMo's `cos_similarity`. */
const NORM_GUARD = Math.fround(3.5e-4);

/**
 * Cosines of all pairs, the diagonal set to 1, then spread over the whole matrix to reach from 0 to 1.
 *
 * @param vectors [n, dimension]
 * @see NeMo 2.7.3 `getCosAffinityMatrix`
 */
export function cosineAffinity({ data, rows, columns }: Matrix): Affinity {
  if (rows === 1) return { values: Float32Array.of(1), size: 1 };
  const units = guardedUnits(data, rows, columns);
  const values = new Float32Array(rows * rows);
  let smallest = 1;
  let largest = 1;
  for (let row = 0; row < rows; row++) {
    const cosines = values.subarray(row * rows, row * rows + row);
    productsWithEarlierRows(units, row, columns, cosines);
    values[row * rows + row] = 1;
    for (let other = 0; other < row; other++) {
      const cosine = cosines[other]!;
      values[other * rows + row] = cosine;
      if (cosine < smallest) smallest = cosine;
      if (cosine > largest) largest = cosine;
    }
  }
  const range = Math.fround(largest - smallest);
  for (let index = 0; index < values.length; index++) {
    values[index] = Math.fround(values[index]! - smallest) / range;
  }
  return { values, size: rows };
}

function guardedUnits(data: Float32Array, rows: number, columns: number): Float64Array {
  const units = new Float64Array(data.length);
  const squares = new Float32Array(columns);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    for (let k = 0; k < columns; k++) squares[k] = data[start + k]! ** 2;
    const norm = Math.fround(Math.sqrt(pairwiseSum(squares, 0, columns)));
    const divisor = Math.fround(norm + NORM_GUARD);
    for (let k = start; k < start + columns; k++) units[k] = Math.fround(data[k]! / divisor);
  }
  return units;
}

/**
 * Products of a row with those before it, every sum rounded to float32 after each fused step: so do the matrix kernels
 * that NeMo runs on, and where many pairs are almost equally alike the last bit says who counts as nearer.
 *
 * Eight rows side by side: one sum would wait for itself.
 *
 * @param units float32 values, kept as doubles so that none is converted again for each product
 */
function productsWithEarlierRows(units: Float64Array, row: number, columns: number, out: Float32Array): void {
  const own = row * columns;
  let other = 0;
  for (; other + 7 < row; other += 8) productsWithEight(units, own, other * columns, columns, out, other);
  for (; other < row; other++) {
    let sum = 0;
    for (let k = 0; k < columns; k++) sum = Math.fround(sum + units[own + k]! * units[other * columns + k]!);
    out[other] = sum;
  }
}

function productsWithEight(
  units: Float64Array,
  own: number,
  first: number,
  columns: number,
  out: Float32Array,
  at: number,
): void {
  const { fround } = Math;
  let [sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = own, other = first; k < own + columns; k++, other++) {
    const value = units[k]!;
    sum0 = fround(sum0 + value * units[other]!);
    sum1 = fround(sum1 + value * units[other + columns]!);
    sum2 = fround(sum2 + value * units[other + 2 * columns]!);
    sum3 = fround(sum3 + value * units[other + 3 * columns]!);
    sum4 = fround(sum4 + value * units[other + 4 * columns]!);
    sum5 = fround(sum5 + value * units[other + 5 * columns]!);
    sum6 = fround(sum6 + value * units[other + 6 * columns]!);
    sum7 = fround(sum7 + value * units[other + 7 * columns]!);
  }
  out[at] = sum0;
  out[at + 1] = sum1;
  out[at + 2] = sum2;
  out[at + 3] = sum3;
  out[at + 4] = sum4;
  out[at + 5] = sum5;
  out[at + 6] = sum6;
  out[at + 7] = sum7;
}

/**
 * The weighted sum of the affinities of all scales, for the segments of the base scale.
 *
 * Vectors are rounded to half precision before, as in the original, which saves half of its memory by that.
 *
 * @see NeMo 2.7.3 `getMultiScaleCosAffinityMatrix`
 */
export function fuseAffinities(embeddings: MultiScaleEmbeddings): Affinity {
  const base = baseScaleOf(embeddings);
  const size = base.startSeconds.length;
  const fused = new Float32Array(size * size);
  embeddings.scales.forEach((scale, index) => {
    const weight = Math.fround(embeddings.weights[index]!);
    const rounded = { ...scale.vectors, data: scale.vectors.data.map(roundToHalf) };
    const affinity = cosineAffinity(rounded);
    const rows = repeatedRows(mapToScale(base, scale), affinity.size);
    addRepeated(fused, size, affinity, rows, weight);
  });
  return { values: fused, size };
}

function addRepeated(
  sum: Float32Array,
  size: number,
  { values, size: scaleSize }: Affinity,
  rows: Int32Array,
  weight: number,
): void {
  for (let row = 0; row < size; row++) {
    const start = rows[row]! * scaleSize;
    for (let column = 0; column < size; column++) {
      sum[row * size + column]! += Math.fround(weight * values[start + rows[column]!]!);
    }
  }
}

/**
 * The mapping as NeMo applies it: each segment of the scale as often as base segments map to it, in order of the
 * scale. The same as the mapping itself as long as that only goes forward.
 */
export function repeatedRows(mapping: Int32Array, scaleSize: number): Int32Array {
  const counts = new Int32Array(scaleSize);
  for (const row of mapping) counts[row]! += 1;
  const rows = new Int32Array(mapping.length);
  let next = 0;
  counts.forEach((count, row) => {
    rows.fill(row, next, next + count);
    next += count;
  });
  return rows;
}

/**
 * Weighted sums of the vectors of all scales, for the segments of the base scale: what long sessions are clustered by.
 *
 * @returns [n, dimension], not normalised
 * @see NeMo 2.7.3 `get_scale_interpolated_embs`
 */
export function fuseVectors(embeddings: MultiScaleEmbeddings): Matrix {
  const base = baseScaleOf(embeddings);
  const { columns } = base.vectors;
  const rows = base.startSeconds.length;
  const sums = new Float64Array(rows * columns);
  embeddings.scales.forEach((scale, index) => {
    const weight = Math.fround(embeddings.weights[index]!);
    const source = repeatedRows(mapToScale(base, scale), scale.vectors.rows);
    for (let row = 0; row < rows; row++) {
      const from = source[row]! * columns;
      for (let k = 0; k < columns; k++) sums[row * columns + k]! += weight * scale.vectors.data[from + k]!;
    }
  });
  return { data: Float32Array.from(sums), rows, columns };
}

/** Every `step`-th row and column, from the first. */
export function subsample({ values, size }: Affinity, step: number): Affinity {
  if (step === 1) return { values, size };
  const kept = Math.ceil(size / step);
  const sample = new Float32Array(kept * kept);
  for (let row = 0; row < kept; row++) {
    for (let column = 0; column < kept; column++) {
      sample[row * kept + column] = values[row * step * size + column * step]!;
    }
  }
  return { values: sample, size: kept };
}
