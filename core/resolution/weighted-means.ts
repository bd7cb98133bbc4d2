import { addScaledRow, divideRow, zeroMatrix, type AnyMatrix, type Matrix } from '../math/matrix.ts';

/**
 * Mean of the vectors of each cluster, in double; NaN for a cluster without vectors.
 *
 * @param labels cluster of each vector
 * @param weights of each vector; 1 each by default
 * @returns [clusterCount, dimension], not renormalised
 */
export function weightedMeans(
  vectors: AnyMatrix,
  labels: Int32Array,
  clusterCount: number,
  weights?: Float64Array,
): Matrix<Float64Array> {
  const means = zeroMatrix(clusterCount, vectors.columns);
  const totals = new Float64Array(clusterCount);
  for (let row = 0; row < vectors.rows; row += 1) {
    const weight = weights?.[row] ?? 1;
    const cluster = labels[row]!;
    totals[cluster]! += weight;
    addScaledRow(means, cluster, weight, vectors, row);
  }
  totals.forEach((total, cluster) => divideRow(means, cluster, total));
  return means;
}
