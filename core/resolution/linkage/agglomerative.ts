import type { Matrix } from '../../math/matrix.ts';
import type { CannotLink } from './cannot-link.ts';
import { condensedDistances, type DistanceMetric } from './condensed-distances.ts';
import type { Dendrogram } from './dendrogram.ts';
import { linkCentroid } from './linkage-centroid.ts';
import { linkByChain } from './linkage-chain.ts';
import { linkSingle } from './linkage-single.ts';

/** How the distance between two clusters is measured. */
export const LINKAGE_METHODS = ['centroid', 'average', 'complete', 'single'] as const;
export type LinkageMethod = (typeof LINKAGE_METHODS)[number];

export type LinkageOptions = {
  /** Default `euclidean`, the only one that centroid linkage has a meaning for. */
  readonly metric?: DistanceMetric;
  /** How many vectors each row stands for; default 1 each. */
  readonly weights?: Float64Array;
  /** Called many times a second; may throw to stop. */
  readonly onTick?: (() => void) | undefined;
  /** Rows that should stay apart; only centroid linkage heeds it. */
  readonly cannotLink?: CannotLink | undefined;
};

/**
 * Joins the nearest two clusters again and again until one is left.
 *
 * Gives scipy's `linkage(vectors, method, metric)`, tied merges and inversions included (with `cosine` up to
 * rounding).
 *
 * With `weights`, each row is the mean of that many vectors which were joined before: centroid linkage then goes on
 * exactly as if it had made these merges itself; the other methods take the mean for all of them.
 *
 * @param vectors [n, dimension], finite; at most `MAX_LINKED_VECTORS` rows
 * @throws CapacityError `out_of_memory` for more rows
 */
export function linkage(
  vectors: Matrix<Float32Array | Float64Array>,
  method: LinkageMethod,
  {
    metric = 'euclidean',
    weights = new Float64Array(vectors.rows).fill(1),
    onTick,
    cannotLink,
  }: LinkageOptions = {},
): Dendrogram {
  const distances = condensedDistances(vectors, metric, onTick);
  switch (method) {
    case 'centroid':
      return linkCentroid(distances, weights, onTick, cannotLink);
    case 'average':
    case 'complete':
      return linkByChain(distances, weights, method, onTick);
    case 'single':
      return linkSingle(distances, weights, onTick);
  }
}
