/** How clear the number of speakers is: how far the decisions that made it were from falling the other way. */
import type { Matrix } from '../../math/matrix.ts';
import { measureCut } from '../agglomerative-clustering.ts';
import { weightedMeans } from '../weighted-means.ts';
import { ClusterEvidence, type EvidenceRules, independentOf } from './cluster-evidence.ts';
import type { Join } from './join-by-evidence.ts';

/** What a clustering found. */
export type CountedSpeakers = {
  /** [groups, D] */
  readonly features: Matrix<Float64Array>;
  readonly weights: Float64Array;
  /** Speaker of each group. */
  readonly labels: Int32Array;
  readonly firstSizes: Float64Array;
  readonly joins: readonly Join[];
  /** What a cluster weighs at least to be a speaker. */
  readonly minSize: number;
};

/**
 * Evidence, natural logarithm, by which a decision is as good as made: on conversations under 15 conditions counts were
 * right wherever the nearest two speakers were further apart than three times this; on meetings of half a minute, where
 * only the segmentation keeps speakers apart (gains from 0 up), every second one was wrong (docs/diarization.md).
 */
const CLEAR_GAIN = 30;
/** The same for how much one speaker alone was heard: independent vectors, of which a minute has six. */
const CLEAR_WEIGHT = 3;

/**
 * From 0.5, anybody's guess, to 1: the least clear of what could have been decided otherwise. Two speakers that are left
 * could be one (gain of joining them), and two large clusters that were joined could be two (gain of joining those). A
 * single speaker is clearer the longer nobody else was heard.
 */
export function countConfidence(counted: CountedSpeakers, rules: EvidenceRules): number {
  const { speakers, gainOfNearest } = nearestSpeakers(counted, rules);
  const apart = speakers === 1 ? 1 : clearness(-gainOfNearest / CLEAR_GAIN);
  const together = clearness(smallestLargeJoin(counted) / CLEAR_GAIN);
  const total = counted.weights.reduce((sum, weight) => sum + weight, 0);
  const heard = speakers === 1 ? clearness((rules.independentShare * total) / CLEAR_WEIGHT) : 1;
  return Math.min(apart, together, heard);
}

/** 0.5 at 0 and below, near 1 from 3 up. */
function clearness(margin: number): number {
  return 1 - 0.5 * Math.exp(-Math.max(0, margin));
}

/** Pairs that segmentation keeps apart count too: where their voices agree, it may be wrong. */
function nearestSpeakers(
  { features, weights, labels }: CountedSpeakers,
  rules: EvidenceRules,
): { readonly speakers: number; readonly gainOfNearest: number } {
  const { sizes } = measureCut(labels, weights, 1);
  const { data, columns } = weightedMeans(features, labels, sizes.length, weights);
  const evidence = new ClusterEvidence(rules.phi);
  const counts = sizes.map((size) => independentOf(size, rules));
  const own = counts.map((count, speaker) => evidence.ofMean(data, speaker * columns, count));
  let gainOfNearest = -Infinity;
  for (let a = 0; a < sizes.length; a += 1) {
    for (let b = a + 1; b < sizes.length; b += 1) {
      const both = evidence.ofBoth(data, a * columns, counts[a]!, b * columns, counts[b]!);
      gainOfNearest = Math.max(gainOfNearest, both - own[a]! - own[b]!);
    }
  }
  return { speakers: sizes.length, gainOfNearest };
}

/** Of the joins of two clusters that were speakers by their size; infinite without any. */
function smallestLargeJoin({ firstSizes, joins, minSize }: CountedSpeakers): number {
  const sizes = firstSizes.slice();
  let smallest = Infinity;
  for (const { gain, kept, gone } of joins) {
    if (sizes[kept]! >= minSize && sizes[gone]! >= minSize) smallest = Math.min(smallest, gain);
    sizes[kept]! += sizes[gone]!;
  }
  return smallest;
}
