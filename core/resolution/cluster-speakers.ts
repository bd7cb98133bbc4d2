import type { Matrix } from '../math/matrix.ts';
import { normalizeRowsLikeNumpy } from '../math/vector.ts';
import { clusterAgglomerative } from './agglomerative-clustering.ts';
import type { Dendrogram } from './dendrogram.ts';
import type { ResolutionOptions } from './resolution-options.ts';
import { limitBounds, type ResolvedBounds } from './speaker-bounds.ts';
import { weightedMeans } from './weighted-means.ts';

/** The speakers of a recording, found among its training embeddings. */
export type SpeakerClusters = {
  /** [clusterCount, dimension]: means of raw embeddings, not renormalised; NaN where there was none to average. */
  readonly centroids: Matrix<Float64Array>;
  /** Cluster of each training embedding. */
  readonly labels: Int32Array;
  /** There was nothing to choose: every local speaker belongs to cluster 0. */
  readonly single: boolean;
  /** `constrainedAssignment`, unless the method had to give it up. */
  readonly constrained: boolean;
  /** Absent where nothing was linked. */
  readonly dendrogram?: Dendrogram;
};

export type ClusteringContext = { readonly onTick?: (() => void) | undefined };

/**
 * Finds the speakers among the training embeddings.
 *
 * @param training [n, dimension] raw embeddings, finite; n may be 0
 */
export function clusterSpeakers(
  training: Matrix,
  options: ResolutionOptions,
  bounds: ResolvedBounds,
  context: ClusteringContext = {},
): SpeakerClusters {
  const { clustering, compatible, constrainedAssignment: constrained } = options;
  const limited = limitBounds(bounds, training.rows);
  if (limited.max < 2) {
    const labels = new Int32Array(training.rows);
    return { centroids: weightedMeans(training, labels, 1), labels, single: true, constrained };
  }
  const units = normalizeRowsLikeNumpy(training);
  const weights = new Float64Array(units.rows).fill(1);
  if (clustering.method !== 'agglomerative') throw new Error('todo');
  const { labels, dendrogram } = clusterAgglomerative(
    { vectors: units, weights },
    { ...clustering, compatible },
    limited,
    context.onTick,
  );
  const clusterCount = Math.max(...labels) + 1;
  return {
    centroids: weightedMeans(training, labels, clusterCount),
    labels,
    dendrogram,
    single: false,
    constrained,
  };
}
