import { IndexedHeap } from '../math/indexed-heap.ts';
import { condensedIndex, type CondensedDistances } from './condensed-distances.ts';
import { emptyDendrogram, type Dendrogram } from './dendrogram.ts';

/**
 * Centroid linkage: always joins the two clusters whose means are nearest.
 *
 * Müllner's generic algorithm with a heap of nearest-neighbour candidates, in scipy's order of operations, so that
 * ties and inversions (a merge lower than the one before) fall exactly as there. `distances` is overwritten.
 *
 * @param weights how many vectors each item stands for
 * @see D. Müllner, "Modern hierarchical, agglomerative clustering algorithms", arXiv:1109.2378, figure 3
 * @see scipy/cluster/_hierarchy.pyx, `fast_linkage`
 */
export function linkCentroid(
  distances: CondensedDistances,
  weights: Float64Array,
  onTick?: () => void,
): Dendrogram {
  const { count, data, rowOffset } = distances;
  const dendrogram = emptyDendrogram(count);
  if (count < 2) return dendrogram;
  const size = weights.slice();
  const nodeOf = Int32Array.from(size, (_, index) => index);
  const neighbor = new Int32Array(count - 1);
  const lowerBound = new Float64Array(count - 1);

  /** Nearest living item after x. */
  const nearestAfter = (x: number): number => {
    const offset = rowOffset[x]!;
    let nearest = -1;
    let smallest = Infinity;
    for (let i = x + 1; i < count; i += 1) {
      if (size[i] === 0) continue;
      const distance = data[offset + i]!;
      if (distance < smallest) {
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

  for (let merge = 0; merge < count - 1; merge += 1) {
    onTick?.();
    // Candidates are lower bounds: refresh until the smallest one is true.
    for (let attempt = 0; attempt < count - merge; attempt += 1) {
      const candidate = heap.minKey;
      if (heap.minValue === data[rowOffset[candidate]! + neighbor[candidate]!]) break;
      heap.changeValue(candidate, point(candidate, nearestAfter(candidate)));
    }
    const x = heap.minKey;
    const y = neighbor[x]!;
    const height = heap.minValue;
    heap.removeMin();

    const sizeX = size[x]!;
    const sizeY = size[y]!;
    dendrogram.left[merge] = Math.min(nodeOf[x]!, nodeOf[y]!);
    dendrogram.right[merge] = Math.max(nodeOf[x]!, nodeOf[y]!);
    dendrogram.height[merge] = height;
    dendrogram.size[merge] = sizeX + sizeY;
    // The union lives on in y.
    size[x] = 0;
    size[y] = sizeX + sizeY;
    nodeOf[y] = count + merge;

    const total = sizeX + sizeY;
    const between = (sizeX * sizeY * height * height) / total;
    for (let z = 0; z < count; z += 1) {
      if (size[z] === 0 || z === y) continue;
      const toY = condensedIndex(distances, z, y);
      const dx = data[condensedIndex(distances, z, x)]!;
      const dy = data[toY]!;
      // Lance–Williams; a negative remainder is rounding of a distance of zero.
      data[toY] = Math.sqrt(Math.max(0, (sizeX * dx * dx + sizeY * dy * dy - between) / total));
    }

    for (let z = 0; z < x; z += 1) if (size[z]! > 0 && neighbor[z] === x) neighbor[z] = y;
    for (let z = 0; z < y; z += 1) {
      if (size[z] === 0) continue;
      const distance = data[rowOffset[z]! + y]!;
      if (distance < lowerBound[z]!) heap.changeValue(z, point(z, y));
    }
    if (y < count - 1) {
      const nearest = nearestAfter(y);
      if (nearest !== -1) heap.changeValue(y, point(y, nearest));
    }
  }
  return dendrogram;
}
