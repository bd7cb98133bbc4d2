/** Another number of speakers than the evidence says, because the caller knows it. */
import { type Cut, measureCut } from '../agglomerative-clustering.ts';
import type { Dendrogram } from '../linkage/dendrogram.ts';
import { flatClusters } from '../linkage/flat-clusters.ts';
import type { EvidenceJoiner, Join } from './join-by-evidence.ts';
import { labelCountOf, smallestOf } from '../../math/extremes.ts';

/** What was found without bounds. */
export type EvidenceHistory = {
  readonly first: Int32Array;
  readonly joins: readonly Join[];
  /** As it stands after `joins`; goes on from there. */
  readonly joiner: EvidenceJoiner;
  /** Of the groups below the first clusters. */
  readonly dendrogram: Dendrogram;
  readonly weights: Float64Array;
};

/** Fewer windows are outvoted by those that overlap them, so that such a speaker would have no turn in the end. */
const FEWEST_WINDOWS = 3;

/** A partition and what a cluster of it weighs at least to be a speaker. */
export type SizedCut = { readonly cut: Cut; readonly minSize: number };

/**
 * A partition with `target` large clusters: joins are taken back or go on one by one, then first clusters are split as
 * the dendrogram has them; the first that fits counts. It is looked for with smaller clusters as large ones too, and the
 * one with the most evidence is taken: a speaker who says little is better than one cut in two. Where nothing fits, the
 * nearest number is taken.
 *
 * @param evidenceOf what a partition has when its small clusters are absorbed
 */
export function searchPartition(
  history: EvidenceHistory,
  minSize: number,
  target: number,
  evidenceOf: (found: SizedCut) => number,
  onTick?: () => void,
): SizedCut {
  const { first, joins } = history;
  const all = [...joins, ...laterJoins(history.joiner, onTick)];
  const stops = Array.from({ length: all.length + 1 }, (_, count) => count).sort(
    (a, b) => Math.abs(a - joins.length) - Math.abs(b - joins.length) || a - b,
  );
  const cuts: SizedCut[] = [];
  for (let least = minSize; least >= 1; least = Math.floor(least / 2)) {
    const isMet = cuts.some(({ cut }) => cut.largeCount === target);
    if (isMet && least < FEWEST_WINDOWS) break;
    cuts.push({ cut: nearestCut(history, all, stops, least, target, onTick), minSize: least });
  }
  const distanceOf = ({ cut }: SizedCut): number => Math.abs(cut.largeCount - target);
  const smallest = smallestOf(cuts.map(distanceOf));
  const ranked = cuts
    .filter((cut) => distanceOf(cut) === smallest)
    .map((found) => ({ found, evidence: evidenceOf(found) }))
    // The larger minimum size of equals.
    .sort((a, b) => b.evidence - a.evidence);
  return ranked[0]?.found ?? { cut: measureCut(first, history.weights, 1), minSize: 1 };
}

/** The first partition with as many large clusters as wanted, else the first of those that come nearest. */
function nearestCut(
  history: EvidenceHistory,
  joins: readonly Join[],
  stops: readonly number[],
  minSize: number,
  target: number,
  onTick?: () => void,
): Cut {
  let best: Cut | undefined;
  for (const labels of partitions(history, joins, stops)) {
    onTick?.();
    const cut = measureCut(labels, history.weights, minSize);
    if (cut.largeCount === target) return cut;
    if (best === undefined || Math.abs(cut.largeCount - target) < Math.abs(best.largeCount - target))
      best = cut;
  }
  return best!;
}

/** Nearest first: the first clusters after so many joins, then splits of them, the highest merges undone first. */
function* partitions(
  { first, dendrogram }: EvidenceHistory,
  joins: readonly Join[],
  stops: readonly number[],
): Generator<Int32Array> {
  for (const count of stops) yield partitionAfter(first, joins, count);
  const mergeNumbers = Float64Array.from(dendrogram.height, (_, merge) => merge);
  const firstCount = labelCountOf(first);
  for (let merge = first.length - firstCount - 1; merge >= -1; merge -= 1) {
    yield flatClusters(dendrogram, merge, mergeNumbers);
  }
}

/** All joins that are left, blocked pairs last. */
function laterJoins(joiner: EvidenceJoiner, onTick?: () => void): Join[] {
  const joins: Join[] = [];
  for (;;) {
    onTick?.();
    let next = joiner.next();
    if (next === undefined) {
      joiner.forceBlocked();
      next = joiner.next();
    }
    if (next === undefined) return joins;
    joiner.join(next);
    joins.push(next);
  }
}

/** First clusters after the first `count` joins: 0, 1, … without gaps, in the order of the first clusters. */
export function partitionAfter(first: Int32Array, joins: readonly Join[], count: number): Int32Array {
  const firstCount = labelCountOf(first);
  const into = Int32Array.from({ length: firstCount }, (_, cluster) => cluster);
  // A cluster that is gone went into a lower one, which may be gone as well: later joins first.
  for (const { kept, gone } of joins.slice(0, count)) into[gone] = kept;
  const number = new Int32Array(firstCount);
  let used = 0;
  for (let cluster = 0; cluster < firstCount; cluster += 1) {
    const root = into[cluster]!;
    number[cluster] = root === cluster ? used++ : number[root]!;
  }
  return first.map((cluster) => number[cluster]!);
}
