import type { Matrix } from '../../math/matrix.ts';
import { gatherRows, withUnitRows } from '../../math/vector.ts';
import { weightedMeans } from '../weighted-means.ts';
import { fuseAffinities, fuseVectors } from './affinity.ts';
import { clusterAffinity, type AffinityClusteringOptions } from './cluster-affinity.ts';
import type { EigengapSearch } from './eigengap-search.ts';
import type { LaplacianOptions } from './laplacian-eigen.ts';
import {
  baseScaleOf,
  mapToScale,
  type MultiScaleEmbeddings,
  type ScaleEmbeddings,
} from './scale-embeddings.ts';

/**
 * Clusters a long session by every k-th segment of the base scale, as a short one; the others join the cluster whose
 * mean they are most like. What is ours: NeMo merges segments piece by piece (`clusterLongSession`), and counts the
 * speakers of the few vectors that are left, which made 2 to 7 of five people in the same recording.
 *
 * @param mostSegments of the sample
 */
export function clusterSampledSession(
  embeddings: MultiScaleEmbeddings,
  mostSegments: number,
  options: AffinityClusteringOptions,
  context: LaplacianOptions = {},
): { readonly labels: Int32Array; readonly search: EigengapSearch } {
  const base = baseScaleOf(embeddings);
  const step = Math.ceil(base.vectors.rows / mostSegments);
  const rows = Int32Array.from({ length: Math.ceil(base.vectors.rows / step) }, (_, index) => index * step);
  const sampled = sampleScale(base, rows);
  const sample = {
    ...embeddings,
    scales: embeddings.scales.map((scale) =>
      scale === base ? sampled : sampleScale(scale, Int32Array.from(new Set(mapToScale(sampled, scale)))),
    ),
  };
  const { labels, search } = clusterAffinity(fuseAffinities(sample), options, context);
  return { labels: nearestClusters(fuseVectors(embeddings), rows, labels), search };
}

function sampleScale(scale: ScaleEmbeddings, rows: Int32Array): ScaleEmbeddings {
  return {
    startSeconds: Float32Array.from(rows, (row) => scale.startSeconds[row]!),
    endSeconds: Float32Array.from(rows, (row) => scale.endSeconds[row]!),
    vectors: gatherRows(scale.vectors, rows),
  };
}

/** The sampled keep their cluster. */
function nearestClusters(vectors: Matrix, rows: Int32Array, sampled: Int32Array): Int32Array {
  const count = sampled.reduce((largest, label) => Math.max(largest, label), 0) + 1;
  const units = withUnitRows(vectors);
  const means = withUnitRows(weightedMeans(gatherRows(vectors, rows), sampled, count));
  const isOccupied = Array.from({ length: count }, (_, cluster) => sampled.includes(cluster));
  const labels = Int32Array.from({ length: vectors.rows }, (_, row) => {
    let nearest = 0;
    let most = -Infinity;
    for (let cluster = 0; cluster < count; cluster++) {
      let likeness = 0;
      for (let k = 0; k < units.columns; k++) {
        likeness += units.data[row * units.columns + k]! * means.data[cluster * units.columns + k]!;
      }
      if (!isOccupied[cluster] || !(likeness > most)) continue;
      most = likeness;
      nearest = cluster;
    }
    return nearest;
  });
  sampled.forEach((label, index) => (labels[rows[index]!] = label));
  return labels;
}
