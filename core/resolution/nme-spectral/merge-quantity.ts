/**
 * How many vectors to take away from each cluster so that `remove` go in total: from the largest first, so that what
 * is left differs as little as may be, and never below `minPerCluster` where a cluster has that many.
 *
 * @param counts members of each cluster
 * @see NeMo 2.7.3 `get_merge_quantity`, `calculate_removable_counts`
 */
export function mergeQuantities(counts: Int32Array, remove: number, minPerCluster: number): Int32Array {
  const quantities = counts.map((count) => Math.max(0, count - minPerCluster));
  // What may stay beside the minimum is handed back, one level after the other, the largest clusters first.
  let keep = quantities.reduce((sum, quantity) => sum + quantity, 0) - remove;
  const largestFirst = [...quantities.keys()].sort((a, b) => quantities[b]! - quantities[a]!);
  const ascending = quantities.toSorted();
  const occupied = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  const steps = Array.from({ length: occupied }, (_, k) => ascending[k]! - (k > 0 ? ascending[k - 1]! : 0));
  let level = 0;
  for (let used = 0; level < occupied - 1; level++) {
    used += (occupied - level) * steps[level]!;
    if (keep < used) break;
  }
  for (let k = 0; k < level; k++) {
    for (const cluster of largestFirst.slice(0, occupied - k)) quantities[cluster]! -= steps[k]!;
    keep -= steps[k]! * (occupied - k);
  }
  const open = largestFirst.slice(0, occupied - level);
  open.forEach((cluster, rank) => {
    quantities[cluster]! -= Math.floor(keep / open.length) + (rank < keep % open.length ? 1 : 0);
  });
  return quantities;
}
