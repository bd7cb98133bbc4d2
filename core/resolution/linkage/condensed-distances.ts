import { CapacityError } from '../../errors.ts';
import type { Matrix } from '../../math/matrix.ts';
import { withUnitRows } from '../../math/vector.ts';

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
  const values = metric === 'cosine' ? withUnitRows(vectors).data : Float64Array.from(vectors.data);
  const distances = emptyDistances(rows);
  for (let firstColumn = 0; firstColumn < rows; firstColumn += BLOCK_ROWS) {
    fillBlock(distances, values, columns, firstColumn, Math.min(rows, firstColumn + BLOCK_ROWS));
    onTick?.();
  }
  const { data } = distances;
  if (metric === 'cosine') for (let i = 0; i < data.length; i += 1) data[i]! *= 0.5 * data[i]!;
  return distances;
}

/** Rows that stay in the cache while all others pass by: 64 of 256 doubles are 128 KB. */
const BLOCK_ROWS = 64;

/** Euclidean distances of the rows j from `first` to `end` to all rows i before them. */
function fillBlock(
  distances: CondensedDistances,
  values: Float64Array,
  columns: number,
  first: number,
  end: number,
): void {
  const { data, rowOffset } = distances;
  const fillPair = (i: number, j: number): void => {
    let sum = 0;
    for (let c = 0; c < columns; c += 1) {
      const difference = values[i * columns + c]! - values[j * columns + c]!;
      sum += difference * difference;
    }
    data[rowOffset[i]! + j] = Math.sqrt(sum);
  };
  // Pairs of rows: the last row of an odd number has no later one.
  for (let i = 0; i + 1 < end; i += 2) {
    if (i + 1 >= first) fillPair(i, i + 1);
    let j = Math.max(first, i + 2);
    for (; j + 3 < end; j += 4) fillTile(distances, values, columns, i, j);
    for (; j < end; j += 1) {
      fillPair(i, j);
      fillPair(i + 1, j);
    }
  }
}

/**
 * Rows i, i + 1 against rows j … j + 3. Each sum keeps its order; eight independent ones hide the latency of additions
 * and use every loaded value more than once, which is two to three times as fast as pair by pair.
 */
function fillTile(
  { data, rowOffset }: CondensedDistances,
  values: Float64Array,
  columns: number,
  i: number,
  j: number,
): void {
  const i0 = i * columns;
  const i1 = i0 + columns;
  const j0 = j * columns;
  const j1 = j0 + columns;
  const j2 = j1 + columns;
  const j3 = j2 + columns;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  for (let c = 0; c < columns; c += 1) {
    const x = values[i0 + c]!;
    const y = values[i1 + c]!;
    const a = values[j0 + c]!;
    const b = values[j1 + c]!;
    const e = values[j2 + c]!;
    const f = values[j3 + c]!;
    s00 += (x - a) * (x - a);
    s01 += (x - b) * (x - b);
    s02 += (x - e) * (x - e);
    s03 += (x - f) * (x - f);
    s10 += (y - a) * (y - a);
    s11 += (y - b) * (y - b);
    s12 += (y - e) * (y - e);
    s13 += (y - f) * (y - f);
  }
  const upper = rowOffset[i]! + j;
  const lower = rowOffset[i + 1]! + j;
  data[upper] = Math.sqrt(s00);
  data[upper + 1] = Math.sqrt(s01);
  data[upper + 2] = Math.sqrt(s02);
  data[upper + 3] = Math.sqrt(s03);
  data[lower] = Math.sqrt(s10);
  data[lower + 1] = Math.sqrt(s11);
  data[lower + 2] = Math.sqrt(s12);
  data[lower + 3] = Math.sqrt(s13);
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
