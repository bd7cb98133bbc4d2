import { indexOfLargest, labelCountOf } from '../math/extremes.ts';
import { rowOf, type AnyMatrix, type Matrix } from '../math/matrix.ts';
import { cosineSimilarity } from '../math/vector.ts';
import { roundHalfEven } from '../timeline/sliding-window.ts';
import { linkage, type LinkageOptions } from './linkage/agglomerative.ts';
import type { Dendrogram } from './linkage/dendrogram.ts';
import { flatClusters } from './linkage/flat-clusters.ts';
import type { AgglomerativeClusteringOptions } from './resolution-options.ts';
import { wantedCount, type CompleteSpeakerBounds } from './speaker-bounds.ts';
import { weightedMeans } from './weighted-means.ts';

/** Vectors to cluster, each the mean of `weights[i]` of the original ones. */
export type WeightedVectors = { readonly vectors: Matrix; readonly weights: Float64Array };

export type AgglomerativeClusters = {
  /** Cluster of each vector: 0, 1, … without gaps. */
  readonly labels: Int32Array;
  readonly dendrogram: Dendrogram;
};

/** One way to cut the dendrogram. A cluster is large when it weighs at least the minimum. */
export type Cut = { readonly labels: Int32Array; readonly sizes: Float64Array; readonly largeCount: number };

/**
 * pyannote's agglomerative clustering: cut at the threshold, but elsewhere where that gives too few or too many large
 * clusters; small clusters then join the large one whose centroid is nearest by angle.
 *
 * No cluster large enough: all is one. `meetsWantedCount` lowers the minimum size where the wanted number of
 * clusters cannot be had otherwise.
 *
 * @param bounds within the number of vectors (`limitBounds`)
 * @see pyannote.audio 4 `AgglomerativeClustering.cluster`
 */
export function clusterAgglomerative(
  { vectors, weights }: WeightedVectors,
  options: AgglomerativeClusteringOptions & { readonly meetsWantedCount: boolean },
  bounds: CompleteSpeakerBounds,
  { onTick, cannotLink }: Pick<LinkageOptions, 'onTick' | 'cannotLink'> = {},
): AgglomerativeClusters {
  const dendrogram = linkage(vectors, options.linkage, {
    // As pyannote: methods that do not need means compare by angle.
    metric: options.linkage === 'centroid' ? 'euclidean' : 'cosine',
    weights,
    onTick,
    cannotLink,
  });
  let minSize = leastSize(options, weights);
  const cutAt = (minimum: number, threshold: number, heights?: Float64Array): Cut =>
    measureCut(flatClusters(dendrogram, threshold, heights), weights, minimum);

  let cut = cutAt(minSize, options.threshold);
  const target = wantedCount(cut.largeCount, bounds);
  if (target !== undefined) {
    cut = searchCut(dendrogram, options.threshold, minSize, target, cutAt);
    while (options.meetsWantedCount && cut.largeCount !== target && minSize > 1) {
      minSize = Math.floor(minSize / 2);
      cut = searchCut(dendrogram, options.threshold, minSize, target, cutAt);
    }
    // Every vector on its own: the one cut that comes before all merges.
    if (options.meetsWantedCount && cut.largeCount < target)
      cut = cutAt(minSize, -1, mergeNumbersOf(dendrogram));
  }
  return { labels: absorbSmallClusters(cut, minSize, vectors, weights), dendrogram };
}

/** What a cluster must weigh to be a speaker of its own. */
export function leastSize(
  {
    minClusterSize,
    minClusterShare,
  }: Pick<AgglomerativeClusteringOptions, 'minClusterSize' | 'minClusterShare'>,
  weights: Float64Array,
): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Math.min(minClusterSize, Math.max(1, roundHalfEven(minClusterShare * total)));
}

/** @param minSize weight of a large cluster */
export function measureCut(labels: Int32Array, weights: Float64Array, minSize: number): Cut {
  const sizes = new Float64Array(labelCountOf(labels));
  labels.forEach((label, index) => (sizes[label]! += weights[index]!));
  return { labels, sizes, largeCount: sizes.reduce((count, size) => count + (size >= minSize ? 1 : 0), 0) };
}

/**
 * Tries the cuts after each merge, those near the threshold first, until one gives `target` large clusters; else the
 * closest found, the first of equals.
 */
function searchCut(
  dendrogram: Dendrogram,
  threshold: number,
  minSize: number,
  target: number,
  cutAt: (minSize: number, threshold: number, heights: Float64Array) => Cut,
): Cut {
  const { height, size, leafCount } = dendrogram;
  const mergeNumbers = mergeNumbersOf(dendrogram);
  const nearThresholdFirst = [...height.keys()].sort(
    (a, b) => Math.abs(height[a]! - threshold) - Math.abs(height[b]! - threshold),
  );
  let best = cutAt(minSize, leafCount - 1, mergeNumbers);
  let bestDistance = Math.abs(1 - target);
  for (const merge of nearThresholdFirst) {
    // A merge into a small cluster leaves the number of large ones as it is.
    if (size[merge]! < minSize) continue;
    const cut = cutAt(minSize, merge, mergeNumbers);
    const distance = Math.abs(cut.largeCount - target);
    if (distance < bestDistance) {
      best = cut;
      bestDistance = distance;
    }
    if (distance === 0) return cut;
  }
  return best;
}

/** What to cut at to stop after a merge: these numbers are monotonic, centroid heights are not. */
function mergeNumbersOf({ height }: Dendrogram): Float64Array {
  return Float64Array.from(height, (_, merge) => merge);
}

/** Joins each small cluster into the large one whose mean is nearest by angle; all is one where none is large. */
export function absorbSmallClusters(
  cut: Cut,
  minSize: number,
  vectors: AnyMatrix,
  weights: Float64Array,
): Int32Array {
  const { labels, sizes, largeCount } = cut;
  if (largeCount === 0) return new Int32Array(labels.length);
  if (largeCount === sizes.length) return labels;
  const means = weightedMeans(vectors, labels, sizes.length, weights);
  const large = [...sizes.keys()].filter((cluster) => sizes[cluster]! >= minSize);
  const newLabels = Int32Array.from(sizes, (size, cluster) => {
    if (size >= minSize) return large.indexOf(cluster);
    const similarities = large.map((other) => cosineSimilarity(rowOf(means, other), rowOf(means, cluster)));
    return indexOfLargest(similarities);
  });
  return labels.map((label) => newLabels[label]!);
}
