import type { Affinity } from './affinity.ts';
import { searchEigengap, type EigengapSearch, type EigengapSearchOptions } from './eigengap-search.ts';
import type { LaplacianOptions } from './laplacian-eigen.ts';
import { kMeansLikeNemo } from './nemo-k-means.ts';
import { joinNeighbours, rankNeighbours } from './neighbour-graph.ts';
import { embedAffinity, embedGraph } from './spectral-embedding.ts';

/** Up to so many segments the affinities themselves are clustered, no graph of neighbours. */
const FEWEST_FOR_GRAPH = 6;

export type AffinityClusteringOptions = EigengapSearchOptions & {
  /** This many clusters; absent: as many as the search finds. k-means may leave some of them empty. */
  readonly speakers?: number | undefined;
  /** Starts of k-means. @default 1 */
  readonly kMeansTrials: number;
};

export type AffinityClusters = {
  /** Cluster of each segment; not in order of appearance, and there may be gaps. */
  readonly labels: Int32Array;
  readonly search: EigengapSearch;
};

/**
 * Spectral clustering of an affinity matrix: search of the graph, its lowest eigenvectors, k-means.
 *
 * @param affinity of at least two segments
 * @see NeMo 2.7.3 `SpeakerClustering.forward_unit_infer`
 */
export function clusterAffinity(
  affinity: Affinity,
  options: AffinityClusteringOptions,
  context: LaplacianOptions = {},
): AffinityClusters {
  const isTiny = affinity.size <= FEWEST_FOR_GRAPH;
  const search = searchEigengap(
    affinity,
    isTiny ? { ...options, neighbourShare: options.maxNeighbourShare } : options,
    context,
  );
  const count = Math.min(options.speakers ?? search.speakers, affinity.size);
  const points = isTiny
    ? embedAffinity(affinity, count)
    : embedGraph(
        joinNeighbours(rankNeighbours(affinity, search.neighbours), search.neighbours),
        count,
        context,
      );
  return { labels: kMeansLikeNemo(points, count, options.kMeansTrials), search };
}
