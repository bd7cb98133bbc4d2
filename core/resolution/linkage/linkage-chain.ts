import { condensedIndex, type CondensedDistances } from './condensed-distances.ts';
import { dendrogramOf, type Dendrogram, type LeafMerge } from './dendrogram.ts';

/** How far a cluster is from the union of x and y: `average` of all pairs, or the farthest pair (`complete`). */
export type ChainMethod = 'average' | 'complete';

/**
 * Average or complete linkage by chains of nearest neighbours; quadratic time.
 *
 * Order of search, and so of tied merges, as in scipy. `distances` is overwritten.
 *
 * @param weights how many vectors each item stands for
 * @see F. Murtagh, "Multidimensional clustering algorithms", 1985
 * @see scipy/cluster/_hierarchy.pyx, `nn_chain`
 */
export function linkByChain(
  distances: CondensedDistances,
  weights: Float64Array,
  method: ChainMethod,
  onTick?: () => void,
): Dendrogram {
  const { count, data } = distances;
  const size = weights.slice();
  const chain = new Int32Array(count);
  const merges: LeafMerge[] = [];
  let length = 0;

  while (merges.length < count - 1) {
    onTick?.();
    if (length === 0) {
      chain[0] = size.findIndex((weight) => weight > 0);
      length = 1;
    }
    let height = Infinity;
    for (;;) {
      const x = chain[length - 1]!;
      // The previous link wins ties, so that the chain ends in a pair of mutual neighbours.
      let nearest = length > 1 ? chain[length - 2]! : -1;
      height = length > 1 ? data[condensedIndex(distances, x, nearest)]! : Infinity;
      for (let i = 0; i < count; i += 1) {
        if (size[i] === 0 || i === x) continue;
        const distance = data[condensedIndex(distances, x, i)]!;
        if (distance < height) {
          height = distance;
          nearest = i;
        }
      }
      if (length > 1 && nearest === chain[length - 2]) break;
      chain[length] = nearest;
      length += 1;
    }
    length -= 2;
    const x = Math.min(chain[length]!, chain[length + 1]!);
    const y = Math.max(chain[length]!, chain[length + 1]!);
    merges.push({ a: x, b: y, height });

    const sizeX = size[x]!;
    const sizeY = size[y]!;
    size[x] = 0;
    size[y] = sizeX + sizeY;
    for (let z = 0; z < count; z += 1) {
      if (size[z] === 0 || z === y) continue;
      const toY = condensedIndex(distances, z, y);
      const dx = data[condensedIndex(distances, z, x)]!;
      const dy = data[toY]!;
      data[toY] = method === 'complete' ? Math.max(dx, dy) : (sizeX * dx + sizeY * dy) / (sizeX + sizeY);
    }
  }
  return dendrogramOf(merges, weights);
}
