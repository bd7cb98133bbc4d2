import { IndexedHeap } from '../../math/indexed-heap.ts';
import type { CannotLink } from './cannot-link.ts';
import { condensedIndex, type CondensedDistances } from './condensed-distances.ts';
import { emptyDendrogram, type Dendrogram } from './dendrogram.ts';

/** Above every distance between means of unit vectors, and so above every threshold. */
const FORCED_MERGE_HEIGHT = 4;

/**
 * Centroid linkage: always joins the two clusters whose means are nearest.
 *
 * Müllner's generic algorithm with a heap of nearest-neighbour candidates, in scipy's order of operations, so that
 * ties and inversions (a merge lower than the one before) fall exactly as there. `distances` is overwritten.
 *
 * With `cannotLink`, pairs that it blocks are passed over as long as any other is left; what remains then is joined
 * nevertheless, at a height above all distances of unit vectors (`FORCED_MERGE_HEIGHT` and up).
 *
 * @param weights how many vectors each item stands for
 * @see D. Müllner, "Modern hierarchical, agglomerative clustering algorithms", arXiv:1109.2378, figure 3
 * @see scipy/cluster/_hierarchy.pyx, `fast_linkage`
 */
export function linkCentroid(
  distances: CondensedDistances,
  weights: Float64Array,
  onTick?: () => void,
  cannotLink?: CannotLink,
): Dendrogram {
  const { count, data, rowOffset } = distances;
  let constraint = cannotLink;
  const dendrogram = emptyDendrogram(count);
  if (count < 2) return dendrogram;
  const size = weights.slice();
  const nodeOf = Int32Array.from(size, (_, index) => index);
  const neighbor = new Int32Array(count - 1);
  const lowerBound = new Float64Array(count - 1);

  /** Nearest living item after x. */
  const nearestAfter = (x: number): number => {
    const offset = rowOffset[x]!;
    const blocked = constraint?.blockedWith(x);
    let nearest = -1;
    let smallest = Infinity;
    for (let i = x + 1; i < count; i += 1) {
      if (size[i] === 0) continue;
      const distance = data[offset + i]!;
      if (distance < smallest && blocked?.has(i) !== true) {
        smallest = distance;
        nearest = i;
      }
    }
    return nearest;
  };
  const point = (x: number, y: number): number => {
    neighbor[x] = y;
    return (lowerBound[x] = y === -1 ? Infinity : data[rowOffset[x]! + y]!);
  };

  for (let x = 0; x < count - 1; x += 1) point(x, nearestAfter(x));
  const heap = new IndexedHeap(lowerBound);
  /** Candidates are lower bounds, and what they point at may have been blocked: looks again until one is true. */
  const refreshMinimum = (attempts: number): void => {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const x = heap.minKey;
      const y = neighbor[x]!;
      if (y === -1 || (heap.minValue === data[rowOffset[x]! + y]! && constraint?.isBlocked(x, y) !== true))
        return;
      heap.changeValue(x, point(x, nearestAfter(x)));
    }
  };

  for (let merge = 0; merge < count - 1; merge += 1) {
    onTick?.();
    refreshMinimum(count - merge);
    if (heap.minValue === Infinity && constraint !== undefined) {
      constraint = undefined;
      for (let x = 0; x < count - 1; x += 1) if (size[x]! > 0) heap.changeValue(x, point(x, nearestAfter(x)));
    }
    const x = heap.minKey;
    const y = neighbor[x]!;
    const distance = heap.minValue;
    const forced = cannotLink !== undefined && constraint === undefined;
    heap.removeMin();
    constraint?.join(x, y);

    const sizeX = size[x]!;
    const sizeY = size[y]!;
    dendrogram.left[merge] = Math.min(nodeOf[x]!, nodeOf[y]!);
    dendrogram.right[merge] = Math.max(nodeOf[x]!, nodeOf[y]!);
    dendrogram.height[merge] = forced ? FORCED_MERGE_HEIGHT + distance : distance;
    dendrogram.size[merge] = sizeX + sizeY;
    // The union lives on in y.
    size[x] = 0;
    size[y] = sizeX + sizeY;
    nodeOf[y] = count + merge;

    const total = sizeX + sizeY;
    const between = (sizeX * sizeY * distance * distance) / total;
    for (let z = 0; z < count; z += 1) {
      if (size[z] === 0 || z === y) continue;
      const toY = condensedIndex(distances, z, y);
      const dx = data[condensedIndex(distances, z, x)]!;
      const dy = data[toY]!;
      // Lance–Williams; a negative remainder is rounding of a distance of zero.
      data[toY] = Math.sqrt(Math.max(0, (sizeX * dx * dx + sizeY * dy * dy - between) / total));
    }

    for (let z = 0; z < x; z += 1) if (size[z]! > 0 && neighbor[z] === x) neighbor[z] = y;
    const blocked = constraint?.blockedWith(y);
    for (let z = 0; z < y; z += 1) {
      if (size[z] === 0 || blocked?.has(z) === true) continue;
      if (data[rowOffset[z]! + y]! < lowerBound[z]!) heap.changeValue(z, point(z, y));
    }
    if (y < count - 1) {
      const nearest = nearestAfter(y);
      heap.changeValue(y, point(y, nearest));
    }
  }
  return dendrogram;
}
