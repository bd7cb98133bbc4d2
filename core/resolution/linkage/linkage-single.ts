import { condensedIndex, type CondensedDistances } from './condensed-distances.ts';
import { dendrogramOf, type Dendrogram, type LeafMerge } from './dendrogram.ts';

/**
 * Single linkage (nearest pair) by Prim's minimum spanning tree from item 0; quadratic time.
 *
 * @param weights how many vectors each item stands for; only counted, they do not move any distance
 * @see scipy/cluster/_hierarchy.pyx, `mst_single_linkage`
 */
export function linkSingle(
  distances: CondensedDistances,
  weights: Float64Array,
  onTick?: () => void,
): Dendrogram {
  const { count, data } = distances;
  const inTree = new Uint8Array(count);
  const distanceToTree = new Float64Array(count).fill(Infinity);
  const merges: LeafMerge[] = [];
  let newest = 0;
  while (merges.length < count - 1) {
    onTick?.();
    inTree[newest] = 1;
    let height = Infinity;
    let nearest = -1;
    for (let i = 0; i < count; i += 1) {
      if (inTree[i]) continue;
      const distance = data[condensedIndex(distances, newest, i)]!;
      if (distanceToTree[i]! > distance) distanceToTree[i] = distance;
      if (distanceToTree[i]! < height) {
        height = distanceToTree[i]!;
        nearest = i;
      }
    }
    merges.push({ a: newest, b: nearest, height });
    newest = nearest;
  }
  return dendrogramOf(merges, weights);
}
