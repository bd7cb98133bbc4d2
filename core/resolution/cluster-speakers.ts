import { InvalidInputError } from '../errors.ts';
import type { Matrix } from '../math/matrix.ts';
import { normalizeRowsLikeNumpy } from '../math/vector.ts';
import { clusterAgglomerative } from './agglomerative-clustering.ts';
import { CannotLink } from './linkage/cannot-link.ts';
import type { Dendrogram } from './linkage/dendrogram.ts';
import type { Plda } from './vbx/plda.ts';
import { clusterByEvidence, type EvidenceClusters } from './evidence/evidence-clustering.ts';
import type { TwoCovariance } from './evidence/two-covariance.ts';
import { type ReducedVectors, reduceVectors } from './reduce.ts';
import type { ScaleClusters } from './nme-spectral/cluster-scales.ts';
import type { ClusteringOptions, ResolutionOptions } from './resolution-options.ts';
import type { NmeSpectralClusteringOptions } from './scales/nme-spectral-options.ts';
import { limitBounds, type CompleteSpeakerBounds } from './speaker-bounds.ts';
import { clusterByVbx, type VbxClusters } from './vbx/vbx-clustering.ts';
import { weightedMeans } from './weighted-means.ts';
import { labelCountOf } from '../math/extremes.ts';

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
  /** Stages of VBx, with that method. */
  readonly vbx?: VbxClusters;
  /** Stages of clustering by evidence, with that method. */
  readonly evidence?: EvidenceClusters;
  /** Stages of clustering over scales, with that method; absent where there was nothing to search. */
  readonly scales?: ScaleClusters;
};

/** The embeddings that form clusters, and the chunk that each was heard in. */
export type TrainingSet = {
  /** [n, dimension] raw, finite; n may be 0. */
  readonly vectors: Matrix;
  /** [n] */
  readonly chunks: Int32Array;
  /** Share of a chunk by which chunks follow each other. */
  readonly hopShare: number;
};

export type ClusteringContext = {
  /** Needed by `vbx`. */
  readonly plda?: Plda | undefined;
  /** Needed by `evidence`. */
  readonly twoCovariance?: TwoCovariance | undefined;
  /** Called many times a second; may throw to stop. */
  readonly onTick?: (() => void) | undefined;
};

/** Options that cluster the embeddings of local speakers. */
export type ChunkResolutionOptions = Omit<ResolutionOptions, 'clustering'> & {
  readonly clustering: Exclude<ClusteringOptions, NmeSpectralClusteringOptions>;
};

/** With what `meetsWantedCount` of the policies says. */
type CountingContext = ClusteringContext & { readonly meetsWantedCount?: boolean };

/**
 * Finds the speakers among the training embeddings.
 *
 * @throws InvalidInputError `invalid_option` for `vbx` without a PLDA model of that dimension, and for `evidence` without
 *   a two-covariance model of it
 */
export function clusterSpeakers(
  { vectors: training, chunks, hopShare }: TrainingSet,
  options: ChunkResolutionOptions,
  bounds: CompleteSpeakerBounds,
  { plda, twoCovariance, onTick, meetsWantedCount = true }: CountingContext = {},
): SpeakerClusters {
  const { clustering, constrainedAssignment: constrained } = options;
  const limited = limitBounds(bounds, training.rows);
  if (limited.max < 2) {
    const labels = new Int32Array(training.rows);
    return { centroids: weightedMeans(training, labels, 1), labels, single: true, constrained };
  }
  const units = normalizeRowsLikeNumpy(training);
  const maxTogetherShare = clustering.method === 'vbx' ? undefined : clustering.maxTogetherShare;
  const reduced = reduceVectors(units, chunks, {
    maxVectors: clustering.maxLinkedVectors,
    maxTogetherShare,
    onTick,
  });
  if (clustering.method === 'vbx') {
    const model = requirePlda(plda, training.columns);
    const vbx = clusterByVbx(training, reduced, model, clustering, limited, onTick);
    const { centroids, labels, dendrogram, forced } = vbx;
    // pyannote: a number of speakers that VBx did not find itself need not hold in every chunk.
    return { centroids, labels, dendrogram, vbx, single: false, constrained: constrained && !forced };
  }
  if (clustering.method === 'evidence') {
    const model = requireTwoCovariance(twoCovariance, training.columns);
    const input = { training, chunks, reduced, hopShare };
    const evidence = clusterByEvidence(input, model, clustering, limited, onTick);
    return { ...clustersOf(training, reduced, evidence), evidence, single: false, constrained };
  }
  const cannotLink =
    maxTogetherShare === undefined
      ? undefined
      : new CannotLink(chunks, reduced.groupOf, reduced.weights, maxTogetherShare);
  const clusters = clusterAgglomerative(reduced, { ...clustering, meetsWantedCount }, limited, {
    onTick,
    cannotLink,
  });
  return { ...clustersOf(training, reduced, clusters), single: false, constrained };
}

/** From clusters of groups to those of the embeddings in them. */
function clustersOf(
  training: Matrix,
  { groupOf }: ReducedVectors,
  { labels: groupLabels, dendrogram }: { readonly labels: Int32Array; readonly dendrogram: Dendrogram },
): Pick<SpeakerClusters, 'labels' | 'centroids' | 'dendrogram'> {
  const labels = groupOf.map((group) => groupLabels[group]!);
  const clusterCount = labelCountOf(labels);
  return { labels, centroids: weightedMeans(training, labels, clusterCount), dendrogram };
}

function requireTwoCovariance(model: TwoCovariance | undefined, dimension: number): TwoCovariance {
  if (model?.dimension === dimension) return model;
  throw new InvalidInputError(
    'invalid_option',
    `Expected a two-covariance model for embeddings of ${dimension} dimensions, got ${model === undefined ? 'none' : `one for ${model.dimension}`}; clustering by evidence needs the one that belongs to the encoder.`,
  );
}

function requirePlda(plda: Plda | undefined, dimension: number): Plda {
  if (plda?.embeddingDimension === dimension) return plda;
  throw new InvalidInputError(
    'invalid_option',
    `Expected a PLDA model for embeddings of ${dimension} dimensions, got ${plda === undefined ? 'none' : `one for ${plda.embeddingDimension}`}; VBx clustering needs the one that belongs to the encoder.`,
  );
}
