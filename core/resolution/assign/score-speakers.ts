import { dotRows, type Matrix } from '../../math/matrix.ts';
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
  const voices = { data: embeddings, rows: local.rowCount, columns: embeddingDimension };
  const clusterCount = centroids.rows;
  const data = new Float64Array(local.rowCount * clusterCount).fill(NaN);
  const centroidNorms = Float64Array.from({ length: clusterCount }, (_, cluster) =>
    Math.sqrt(dotRows(centroids, cluster, centroids, cluster)),
  );
  for (let row = 0; row < local.rowCount; row += 1) {
    if (!local.hasEmbedding[row]) continue;
    const norm = Math.sqrt(dotRows(voices, row, voices, row));
    for (let cluster = 0; cluster < clusterCount; cluster += 1) {
      const product = dotRows(voices, row, centroids, cluster);
      data[row * clusterCount + cluster] = 1 + product / (norm * centroidNorms[cluster]!);
    }
  }
  return { data, rows: local.rowCount, columns: clusterCount };
}
