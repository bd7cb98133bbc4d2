import type { Matrix } from '../math/matrix.ts';

/**
 * Mean of the vectors of each cluster, in double; NaN for a cluster without vectors.
 *
 * @param labels cluster of each vector
 * @param weights of each vector; 1 each by default
 * @returns [clusterCount, dimension], not renormalised
 */
export function weightedMeans(
  vectors: Matrix<Float32Array | Float64Array>,
  labels: Int32Array,
  clusterCount: number,
  weights?: Float64Array,
): Matrix<Float64Array> {
  const { rows, columns, data } = vectors;
  const means = new Float64Array(clusterCount * columns);
  const totals = new Float64Array(clusterCount);
  for (let row = 0; row < rows; row += 1) {
    const weight = weights?.[row] ?? 1;
    const start = labels[row]! * columns;
    totals[labels[row]!]! += weight;
    for (let i = 0; i < columns; i += 1) means[start + i]! += weight * data[row * columns + i]!;
  }
  for (let i = 0; i < means.length; i += 1) means[i]! /= totals[Math.floor(i / columns)]!;
  return { data: means, rows: clusterCount, columns };
}
