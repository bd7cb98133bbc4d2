import type { Dendrogram } from './dendrogram.ts';

/**
 * Cuts a dendrogram: clusters are the largest sub-trees that hold no merge above `threshold`.
 *
 * A merge counts with the largest height inside its sub-tree, so a centroid inversion joins nothing that its own
 * parts keep apart. Labels are those of scipy's `fcluster(…, criterion='distance')` less one: 0, 1, … in the order
 * of a walk through the tree, left before right.
 *
 * @param heights what to cut at in place of the dendrogram's own heights, one per merge
 */
export function flatClusters(
  dendrogram: Dendrogram,
  threshold: number,
  heights: Float64Array = dendrogram.height,
): Int32Array {
  const { leafCount, left, right } = dendrogram;
  const labels = new Int32Array(leafCount);
  if (leafCount < 2) return labels;
  const largest = largestHeights(dendrogram, heights);
  // Each open node with what is left to do in it: 0 left child, 1 right child, 2 leave.
  const path = new Int32Array(leafCount);
  const progress = new Uint8Array(leafCount);
  let depth = 0;
  path[0] = leafCount - 2;
  let clusterRoot = -1;
  let clusterCount = 0;

  while (depth >= 0) {
    const node = path[depth]!;
    if (progress[depth] === 0 && clusterRoot === -1 && largest[node]! <= threshold) {
      clusterRoot = node;
      clusterCount += 1;
    }
    const child = progress[depth] === 0 ? left[node]! : right[node]!;
    if (progress[depth]! < 2) {
      progress[depth]! += 1;
      if (child >= leafCount) {
        depth += 1;
        path[depth] = child - leafCount;
        progress[depth] = 0;
      }
      continue;
    }
    // Leaves are numbered when their node is left, after every sub-tree: scipy's order.
    for (const leaf of [left[node]!, right[node]!]) {
      if (leaf >= leafCount) continue;
      if (clusterRoot === -1) clusterCount += 1;
      labels[leaf] = clusterCount - 1;
    }
    if (clusterRoot === node) clusterRoot = -1;
    depth -= 1;
  }
  return labels;
}

function largestHeights({ leafCount, left, right }: Dendrogram, heights: Float64Array): Float64Array {
  const largest = heights.slice();
  for (let merge = 0; merge < largest.length; merge += 1) {
    for (const child of [left[merge]!, right[merge]!]) {
      if (child >= leafCount) largest[merge] = Math.max(largest[merge]!, largest[child - leafCount]!);
    }
  }
  return largest;
}
