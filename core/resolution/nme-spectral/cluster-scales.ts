import { countWithAnchors, type AnchorCount } from './anchor-count.ts';
import { fuseAffinities, fuseVectors } from './affinity.ts';
import { clusterAffinity, type AffinityClusteringOptions } from './cluster-affinity.ts';
import type { EigengapSearch } from './eigengap-search.ts';
import type { LaplacianOptions } from './laplacian-eigen.ts';
import { clusterLongSession, type LongSessionOptions } from './long-session.ts';
import { clusterSampledSession } from './sampled-session.ts';
import { baseScaleOf, type MultiScaleEmbeddings } from './scale-embeddings.ts';

export type ScaleClusteringOptions = AffinityClusteringOptions &
  LongSessionOptions & {
    /**
     * Sessions of up to so many segments are counted with made-up speakers (`countWithAnchors`). NeMo: 80.
     *
     * @default 0: none is
     */
    readonly anchorCountSize: number;
  };

export type ScaleClusters = {
  /** Cluster of each segment of the base scale; not in order of appearance, and there may be gaps. */
  readonly labels: Int32Array;
  /** Of each piece of a long session, then of all; of a short one just one; none for a single segment. */
  readonly searches: readonly EigengapSearch[];
  /** Of a short session. */
  readonly anchors?: AnchorCount;
};

/** Fewer segments than this are always counted with made-up speakers. */
const ALWAYS_ANCHORED = 6;

/**
 * NeMo's clustering of a session seen at several scales.
 *
 * @param embeddings at least one segment
 * @see NeMo 2.7.3 `SpeakerClustering.forward_infer`, `LongFormSpeakerClustering.forward_infer`
 */
export function clusterScales(
  embeddings: MultiScaleEmbeddings,
  options: ScaleClusteringOptions,
  context: LaplacianOptions = {},
): ScaleClusters {
  const { vectors } = baseScaleOf(embeddings);
  // A known number limits the search as well.
  const bounded = options.speakers === undefined ? options : { ...options, maxSpeakers: options.speakers };
  if (embeddings.scales.some((scale) => scale.vectors.rows > options.segmentsPerPiece)) {
    if (options.longSessions !== 'sampled') {
      return clusterLongSession(fuseVectors(embeddings), options, context);
    }
    const { labels, search } = clusterSampledSession(embeddings, options.segmentsPerPiece, bounded, context);
    return { labels, searches: [search] };
  }
  if (vectors.rows === 1) return { labels: new Int32Array(1), searches: [] };
  const isShort = vectors.rows <= Math.max(options.anchorCountSize, ALWAYS_ANCHORED);
  const anchors = isShort && options.speakers === undefined ? countWithAnchors(vectors, context) : undefined;
  const speakers = options.speakers ?? anchors?.speakers;
  const { labels, search } = clusterAffinity(fuseAffinities(embeddings), { ...bounded, speakers }, context);
  return { labels, searches: [search], ...(anchors === undefined ? {} : { anchors }) };
}
