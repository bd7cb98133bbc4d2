import type { Matrix } from '../math/matrix.ts';
import type { WeightedVectors } from './agglomerative-clustering.ts';
import { linkage } from './linkage/agglomerative.ts';
import { CannotLink } from './linkage/cannot-link.ts';
import { flatClusters } from './linkage/flat-clusters.ts';
import { weightedMeans } from './weighted-means.ts';

/** Vectors in place of more of them: `groupOf[i]` says which one stands for the original vector i. */
export type ReducedVectors = WeightedVectors & { readonly groupOf: Int32Array };

export type ReduceOptions = {
  /** At most so many vectors are left. */
  readonly maxVectors: number;
  /** As for clustering: groups heed it too. Absent: chunks are not asked. */
  readonly maxTogetherShare?: number | undefined;
  /** Called many times a second; may throw to stop. */
  readonly onTick?: (() => void) | undefined;
};

/** About ten minutes of two speakers: long enough to meet a voice again, short enough to link in a blink. */
const BLOCK_VECTORS = 1_000;

/**
 * Makes a long recording small enough to link.
 *
 * Chunks overlap by nine tenths, so each second of speech is there about nine times, with nearly the same vector.
 * Blocks of consecutive vectors are linked on their own, each up to its share of `maxVectors`: only the lowest merges
 * are made, which a clustering of everything would make as well and far below any threshold. Groups go on as
 * weighted means, with which centroid linkage continues exactly where it was.
 *
 * As many vectors as allowed or fewer stay as they are. Deterministic.
 *
 * @param vectors [n, dimension] unit vectors in the order of the recording
 * @param chunks  the chunk of each
 */
export function reduceVectors(vectors: Matrix, chunks: Int32Array, options: ReduceOptions): ReducedVectors {
  const { rows, columns } = vectors;
  const { maxVectors } = options;
  const groupOf = Int32Array.from({ length: rows }, (_, row) => row);
  if (rows <= maxVectors) return { vectors, weights: new Float64Array(rows).fill(1), groupOf };

  let groupCount = 0;
  const blockCount = Math.min(maxVectors, Math.ceil(rows / BLOCK_VECTORS));
  for (let block = 0; block < blockCount; block += 1) {
    const first = Math.floor((block * rows) / blockCount);
    const end = Math.floor(((block + 1) * rows) / blockCount);
    const quota =
      Math.floor(((block + 1) * maxVectors) / blockCount) - Math.floor((block * maxVectors) / blockCount);
    const labels = groupBlock(
      { data: vectors.data.subarray(first * columns, end * columns), rows: end - first, columns },
      chunks.subarray(first, end),
      quota,
      options,
    );
    for (let row = first; row < end; row += 1) groupOf[row] = groupCount + labels[row - first]!;
    groupCount += Math.min(quota, end - first);
  }
  const weights = new Float64Array(groupCount);
  for (const group of groupOf) weights[group]! += 1;
  const means = weightedMeans(vectors, groupOf, groupCount);
  return {
    vectors: { data: Float32Array.from(means.data), rows: groupCount, columns },
    weights,
    groupOf,
  };
}

/** The first merges of a block, down to `groupCount` groups. */
function groupBlock(
  vectors: Matrix,
  chunks: Int32Array,
  groupCount: number,
  options: ReduceOptions,
): Int32Array {
  const { maxTogetherShare, onTick } = options;
  const ownGroups = Int32Array.from(chunks, (_, index) => index);
  const cannotLink =
    maxTogetherShare === undefined
      ? undefined
      : new CannotLink(chunks, ownGroups, new Float64Array(vectors.rows).fill(1), maxTogetherShare);
  const dendrogram = linkage(vectors, 'centroid', { cannotLink, onTick });
  const mergeNumbers = Float64Array.from(dendrogram.height, (_, merge) => merge);
  return flatClusters(dendrogram, vectors.rows - groupCount - 1, mergeNumbers);
}
