import type { Matrix } from '../../math/matrix.ts';
import type { LocalSpeakers } from '../local-speakers.ts';
import type { Observations } from '../observations.ts';

/**
 * How near each local speaker is to each centroid: 2 - cosine distance, that is 1 + cosine similarity, in [0, 2].
 *
 * @param centroids [clusterCount, dimension]
 * @returns [rowCount, clusterCount]; NaN in rows without an embedding and in columns without a centroid
 */
export function scoreLocalSpeakers(
  observations: Observations,
  local: LocalSpeakers,
  centroids: Matrix<Float64Array>,
): Matrix<Float64Array> {
  const { embeddings, embeddingDimension } = observations;
  const clusterCount = centroids.rows;
  const data = new Float64Array(local.rowCount * clusterCount).fill(NaN);
  const centroidNorms = Float64Array.from({ length: clusterCount }, (_, cluster) =>
    Math.sqrt(dotAt(centroids.data, cluster, centroids.data, cluster, embeddingDimension)),
  );
  for (let row = 0; row < local.rowCount; row += 1) {
    if (!local.hasEmbedding[row]) continue;
    const norm = Math.sqrt(dotAt(embeddings, row, embeddings, row, embeddingDimension));
    for (let cluster = 0; cluster < clusterCount; cluster += 1) {
      const product = dotAt(embeddings, row, centroids.data, cluster, embeddingDimension);
      data[row * clusterCount + cluster] = 1 + product / (norm * centroidNorms[cluster]!);
    }
  }
  return { data, rows: local.rowCount, columns: clusterCount };
}

function dotAt(
  a: Float32Array | Float64Array,
  rowA: number,
  b: Float32Array | Float64Array,
  rowB: number,
  dimension: number,
): number {
  const startA = rowA * dimension;
  const startB = rowB * dimension;
  let sum = 0;
  for (let i = 0; i < dimension; i += 1) sum += a[startA + i]! * b[startB + i]!;
  return sum;
}
