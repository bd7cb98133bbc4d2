/** Another number of speakers than the evidence says, because the caller knows it. */
import { type Cut, measureCut } from '../agglomerative-clustering.ts';
import type { Dendrogram } from '../linkage/dendrogram.ts';
import { flatClusters } from '../linkage/flat-clusters.ts';
import type { EvidenceJoiner, Join } from './join-by-evidence.ts';

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

/**
 * The partition with `target` large clusters that lies nearest to what the evidence says: joins are taken back or go on
 * one by one, then the first clusters are split as the dendrogram has them. Where none has so many large clusters,
 * smaller ones count as large; where even that fails, the nearest number is taken.
 */
export function searchPartition(
  history: EvidenceHistory,
  minSize: number,
  target: number,
  onTick?: () => void,
): { readonly cut: Cut; readonly minSize: number } {
  const { first, joins, weights } = history;
  const all = [...joins, ...laterJoins(history.joiner, onTick)];
  const stops = Array.from({ length: all.length + 1 }, (_, count) => count).sort(
    (a, b) => Math.abs(a - joins.length) - Math.abs(b - joins.length) || a - b,
  );
  let best: { readonly cut: Cut; readonly minSize: number } | undefined;
  for (let least = minSize; ; least = Math.floor(least / 2)) {
    for (const labels of partitions(history, all, stops)) {
      onTick?.();
      const cut = measureCut(labels, weights, least);
      if (cut.largeCount === target) return { cut, minSize: least };
      const distance = Math.abs(cut.largeCount - target);
      if (best === undefined || distance < Math.abs(best.cut.largeCount - target))
        best = { cut, minSize: least };
    }
    if (least <= 1) return best ?? { cut: measureCut(first, weights, least), minSize: least };
  }
}

/** Nearest first: the first clusters after so many joins, then splits of them, the highest merges undone first. */
function* partitions(
  { first, dendrogram }: EvidenceHistory,
  joins: readonly Join[],
  stops: readonly number[],
): Generator<Int32Array> {
  for (const count of stops) yield partitionAfter(first, joins, count);
  const mergeNumbers = Float64Array.from(dendrogram.height, (_, merge) => merge);
  const firstCount = first.reduce((most, label) => Math.max(most, label), 0) + 1;
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
  const firstCount = first.reduce((most, label) => Math.max(most, label), -1) + 1;
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
