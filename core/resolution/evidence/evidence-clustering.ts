/**
 * Speakers by evidence: many small clusters first, joined while one speaker explains a pair better than two.
 *
 * @see N. Brümmer, E. de Villiers, "The speaker partitioning problem", Odyssey 2010 (the evidence of a partition)
 */
import type { Matrix } from '../../math/matrix.ts';
import { withUnitRows } from '../../math/vector.ts';
import { absorbSmallClusters, leastSize, measureCut } from '../agglomerative-clustering.ts';
import { linkage } from '../linkage/agglomerative.ts';
import { CannotLink } from '../linkage/cannot-link.ts';
import type { Dendrogram } from '../linkage/dendrogram.ts';
import { flatClusters } from '../linkage/flat-clusters.ts';
import type { ReducedVectors } from '../reduce.ts';
import type { EvidenceClusteringOptions } from '../resolution-options.ts';
import { type CompleteSpeakerBounds, wantedCount } from '../speaker-bounds.ts';
import { weightedMeans } from '../weighted-means.ts';
import { partitionEvidence } from './cluster-evidence.ts';
import { countConfidence } from './count-confidence.ts';
import { EvidenceJoiner, type Join } from './join-by-evidence.ts';
import { partitionAfter, searchPartition, type SizedCut } from './search-partition.ts';
import type { TwoCovariance } from './two-covariance.ts';

export type EvidenceInput = {
  /** [n, D] centred embeddings, n ≥ 2. */
  readonly training: Matrix<Float32Array | Float64Array>;
  /** [n] the chunk of each. */
  readonly chunks: Int32Array;
  /** The same at unit length, or groups of them. */
  readonly reduced: ReducedVectors;
  /** Share of a chunk by which chunks follow each other: what one embedding counts for. */
  readonly hopShare: number;
};

/** What clustering by evidence found, stage by stage. Groups are those of `EvidenceInput.reduced`. */
export type EvidenceClusters = {
  /** Speaker of each group: 0, 1, … without gaps. */
  readonly labels: Int32Array;
  /** See `countConfidence`; undefined where the caller's bounds decided. */
  readonly countConfidence: number | undefined;
  readonly dendrogram: Dendrogram;
  /** [groups, D] */
  readonly features: Matrix<Float64Array>;
  /** First cluster of each group, numbered by their lowest group. */
  readonly first: Int32Array;
  /** Joins of first clusters that raised the evidence, in order. */
  readonly joins: readonly Join[];
  /** Gain of the best pair that was left; -Infinity where none was, or all were blocked. */
  readonly nextGain: number;
  /** Cluster of each group before small ones were absorbed. */
  readonly joined: Int32Array;
};

/**
 * Clusters by evidence; where that gives too few or too many large clusters, joins go on or are taken back. Small clusters then join the large one whose mean feature is nearest by angle.
 *
 * @param bounds within the number of vectors (`limitBounds`)
 */
export function clusterByEvidence(
  { training, chunks, reduced, hopShare }: EvidenceInput,
  model: TwoCovariance,
  options: EvidenceClusteringOptions,
  bounds: CompleteSpeakerBounds,
  onTick?: () => void,
): EvidenceClusters {
  const { vectors, weights, groupOf } = reduced;
  const dendrogram = linkage(vectors, 'centroid', {
    weights,
    onTick,
    cannotLink: new CannotLink(chunks, groupOf, weights, options.maxTogetherShare),
  });
  const first = numberedByLowest(flatClusters(dendrogram, options.threshold));
  const features = model.features(weightedMeans(withUnitRows(training), groupOf, vectors.rows));
  const { sizes } = measureCut(first, weights, 1);
  const rules = { phi: model.phi, independentShare: hopShare, maxIndependent: options.maxIndependent };
  const joiner = new EvidenceJoiner(
    {
      means: weightedMeans(features, first, sizes.length, weights),
      sizes,
      cannotLink: new CannotLink(
        chunks,
        groupOf.map((group) => first[group]!),
        sizes,
        options.maxTogetherShare,
      ),
    },
    rules,
    onTick,
  );
  const joins: Join[] = [];
  let next = joiner.next();
  for (; next !== undefined && next.gain > options.leastGain; next = joiner.next()) {
    onTick?.();
    joiner.join(next);
    joins.push(next);
  }
  const minSize = leastSize(options, weights);
  const natural = measureCut(partitionAfter(first, joins, joins.length), weights, minSize);
  const target = wantedCount(natural.largeCount, bounds);
  const directions = withUnitRows(features);
  const speakersOf = ({ cut, minSize: least }: SizedCut): Int32Array =>
    absorbSmallClusters(cut, least, directions, weights);
  const found: SizedCut =
    target === undefined
      ? { cut: natural, minSize }
      : searchPartition(
          { first, joins, joiner, dendrogram, weights },
          minSize,
          target,
          (cut) => partitionEvidence(features, weights, speakersOf(cut), rules),
          onTick,
        );
  const labels = speakersOf(found);
  const counted = { features, weights, labels, firstSizes: sizes, joins, minSize };
  return {
    labels,
    countConfidence: target === undefined ? countConfidence(counted, rules) : undefined,
    dendrogram,
    features,
    first,
    joins,
    nextGain: next?.gain ?? -Infinity,
    joined: found.cut.labels,
  };
}

/** The same clusters, numbered in the order of their lowest members. */
function numberedByLowest(labels: Int32Array): Int32Array {
  const numbers = new Map<number, number>();
  return labels.map((label) => {
    const known = numbers.get(label);
    if (known !== undefined) return known;
    numbers.set(label, numbers.size);
    return numbers.size - 1;
  });
}
