import { CapacityError } from '../errors.ts';
import type { Matrix } from '../math/matrix.ts';
import { euclideanNorm } from '../math/vector.ts';

/**
 * Most vectors whose pairwise distances are ever held: 8,000 need 256 MB in double precision.
 *
 * Longer recordings are reduced first, see `reduce.ts`.
 */
export const MAX_LINKED_VECTORS = 8_000;

/** `cosine` is 1 - cosine similarity. */
export type DistanceMetric = 'euclidean' | 'cosine';

/** Pairwise distances of n items without the mirror half: that of i < j is at `rowOffset[i] + j`. */
export type CondensedDistances = {
  readonly count: number;
  readonly data: Float64Array;
  readonly rowOffset: Int32Array;
};

/**
 * Distances of all pairs of rows.
 *
 * Euclidean: squares are added in the order of the columns and in double, as scipy's `pdist` does, so roundings and
 * ties are the same. Cosine: half the squared distance of the unit vectors, which is exact for equal directions.
 *
 * @throws CapacityError `out_of_memory` for more than `MAX_LINKED_VECTORS` rows
 */
export function condensedDistances(
  vectors: Matrix<Float32Array | Float64Array>,
  metric: DistanceMetric = 'euclidean',
  onTick?: () => void,
): CondensedDistances {
  const { rows, columns } = vectors;
  if (rows > MAX_LINKED_VECTORS) {
    throw new CapacityError(
      'out_of_memory',
      `Expected at most ${MAX_LINKED_VECTORS} vectors to link, got ${rows}; reduce them first.`,
    );
  }
  // One element type keeps the inner loop monomorphic.
  const values = Float64Array.from(vectors.data);
  if (metric === 'cosine') normalizeRows(values, columns);
  const distances = emptyDistances(rows);
  for (let i = 0; i < rows; i += 1) {
    fillRow(distances, i, values, columns);
    onTick?.();
  }
  const { data } = distances;
  if (metric === 'cosine') for (let i = 0; i < data.length; i += 1) data[i]! *= 0.5 * data[i]!;
  return distances;
}

/** Euclidean distances of row i to all later ones. */
function fillRow(
  { data, rowOffset, count }: CondensedDistances,
  i: number,
  values: Float64Array,
  columns: number,
): void {
  const left = values.subarray(i * columns, (i + 1) * columns);
  const offset = rowOffset[i]!;
  let j = i + 1;
  // Four pairs at a time: each sum keeps its order, and four independent sums hide the latency of additions.
  for (; j + 3 < count; j += 4) {
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    let p0 = j * columns;
    let p1 = p0 + columns;
    let p2 = p1 + columns;
    let p3 = p2 + columns;
    for (let c = 0; c < columns; c += 1) {
      const value = left[c]!;
      const d0 = value - values[p0++]!;
      const d1 = value - values[p1++]!;
      const d2 = value - values[p2++]!;
      const d3 = value - values[p3++]!;
      sum0 += d0 * d0;
      sum1 += d1 * d1;
      sum2 += d2 * d2;
      sum3 += d3 * d3;
    }
    data[offset + j] = Math.sqrt(sum0);
    data[offset + j + 1] = Math.sqrt(sum1);
    data[offset + j + 2] = Math.sqrt(sum2);
    data[offset + j + 3] = Math.sqrt(sum3);
  }
  for (; j < count; j += 1) {
    let sum = 0;
    for (let c = 0; c < columns; c += 1) {
      const difference = left[c]! - values[j * columns + c]!;
      sum += difference * difference;
    }
    data[offset + j] = Math.sqrt(sum);
  }
}

function normalizeRows(values: Float64Array, columns: number): void {
  for (let start = 0; start < values.length; start += columns) {
    const row = values.subarray(start, start + columns);
    const norm = euclideanNorm(row);
    for (let c = 0; c < columns; c += 1) row[c]! /= norm;
  }
}

function emptyDistances(count: number): CondensedDistances {
  const rowOffset = new Int32Array(count);
  for (let i = 0; i < count; i += 1) rowOffset[i] = count * i - (i * (i + 1)) / 2 - i - 1;
  return { count, data: new Float64Array((count * (count - 1)) / 2), rowOffset };
}

/** Position of the pair {i, j}, i ≠ j. */
export function condensedIndex(distances: CondensedDistances, i: number, j: number): number {
  return i < j ? distances.rowOffset[i]! + j : distances.rowOffset[j]! + i;
}
