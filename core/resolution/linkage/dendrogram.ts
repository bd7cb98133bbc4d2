/**
 * The history of an agglomerative clustering, as scipy's `linkage` writes it.
 *
 * Nodes 0 … leafCount-1 are the leaves; merge i joins two older nodes into node leafCount + i.
 */
export type Dendrogram = {
  readonly leafCount: number;
  /** The joined nodes of each merge, `left < right`. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Distance of the joined nodes. Not monotonic with centroid linkage: a merge can be lower than one inside it. */
  readonly height: Float64Array;
  /** Weight below each merge: the number of leaves where every leaf weighs 1. */
  readonly size: Float64Array;
};

/** A dendrogram with room for all merges of `leafCount` leaves. */
export function emptyDendrogram(leafCount: number): Dendrogram {
  const merges = Math.max(0, leafCount - 1);
  return {
    leafCount,
    left: new Int32Array(merges),
    right: new Int32Array(merges),
    height: new Float64Array(merges),
    size: new Float64Array(merges),
  };
}

/** A merge of two clusters, each named by any leaf in it. */
export type LeafMerge = { readonly a: number; readonly b: number; readonly height: number };

/**
 * Orders merges by height (equal heights: as found) and names the joined nodes.
 *
 * @param weights weight of each leaf
 */
export function dendrogramOf(merges: readonly LeafMerge[], weights: Float64Array): Dendrogram {
  const leafCount = weights.length;
  const dendrogram = emptyDendrogram(leafCount);
  if (leafCount < 2) return dendrogram;
  const parent = Int32Array.from({ length: 2 * leafCount - 1 }, (_, node) => node);
  const size = new Float64Array(2 * leafCount - 1);
  size.set(weights);

  const rootOf = (leaf: number): number => {
    let root = leaf;
    while (parent[root] !== root) root = parent[root]!;
    for (let node = leaf; node !== root;) {
      const next = parent[node]!;
      parent[node] = root;
      node = next;
    }
    return root;
  };

  merges
    .toSorted((one, other) => one.height - other.height)
    .forEach(({ a, b, height }, index) => {
      const rootA = rootOf(a);
      const rootB = rootOf(b);
      const node = leafCount + index;
      parent[rootA] = node;
      parent[rootB] = node;
      size[node] = size[rootA]! + size[rootB]!;
      dendrogram.left[index] = Math.min(rootA, rootB);
      dendrogram.right[index] = Math.max(rootA, rootB);
      dendrogram.height[index] = height;
      dendrogram.size[index] = size[node]!;
    });
  return dendrogram;
}
