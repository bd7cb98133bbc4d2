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
  const clusters = new CentroidLinkage(distances, weights, cannotLink);
  for (let merge = 0; merge < distances.count - 1; merge += 1) {
    onTick?.();
    clusters.joinNearest(merge);
  }
  return clusters.dendrogram;
}

class CentroidLinkage {
  readonly dendrogram: Dendrogram;
  readonly #distances: CondensedDistances;
  /** What each item or union stands for; 0 once it went into another. */
  readonly #size: Float64Array;
  /** Node of the dendrogram that an item or union is. */
  readonly #nodeOf: Int32Array;
  /** Candidate for the nearest later item of each; -1 for none. */
  readonly #neighbor: Int32Array;
  /** Never above the distance to the nearest later item. */
  readonly #lowerBound: Float64Array;
  readonly #heap: IndexedHeap;
  /** Undefined once every pair that is left is blocked. */
  #constraint: CannotLink | undefined;
  readonly #isConstrained: boolean;

  constructor(distances: CondensedDistances, weights: Float64Array, cannotLink: CannotLink | undefined) {
    const { count } = distances;
    this.dendrogram = emptyDendrogram(count);
    this.#distances = distances;
    this.#size = weights.slice();
    this.#nodeOf = Int32Array.from(weights, (_, index) => index);
    this.#constraint = cannotLink;
    this.#isConstrained = cannotLink !== undefined;
    this.#neighbor = new Int32Array(Math.max(0, count - 1));
    this.#lowerBound = new Float64Array(this.#neighbor.length);
    for (let x = 0; x < count - 1; x += 1) this.#point(x, this.#nearestAfter(x));
    this.#heap = new IndexedHeap(this.#lowerBound);
  }

  /** The next merge: finds the nearest pair, records it, and brings distances and candidates up to date. */
  joinNearest(merge: number): void {
    this.#refreshMinimum(this.#distances.count - merge);
    if (this.#heap.minValue === Infinity && this.#constraint !== undefined) this.#liftConstraint();
    const x = this.#heap.minKey;
    const y = this.#neighbor[x]!;
    const distance = this.#heap.minValue;
    this.#heap.removeMin();
    this.#constraint?.join(x, y);
    this.#record(merge, x, y, distance);
    this.#updateDistances(x, y, distance);
    // The union lives on in y.
    this.#size[y]! += this.#size[x]!;
    this.#size[x] = 0;
    this.#nodeOf[y] = this.#distances.count + merge;
    this.#updateCandidates(x, y);
  }

  /** Nearest living item after x that x may be joined with; -1 for none. */
  #nearestAfter(x: number): number {
    const { count, data, rowOffset } = this.#distances;
    const size = this.#size;
    const offset = rowOffset[x]!;
    const blocked = this.#constraint?.blockedWith(x);
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
  }

  /** Makes y the candidate of x; returns their distance. */
  #point(x: number, y: number): number {
    const { data, rowOffset } = this.#distances;
    this.#neighbor[x] = y;
    return (this.#lowerBound[x] = y === -1 ? Infinity : data[rowOffset[x]! + y]!);
  }

  #pointAtNearest(x: number): void {
    this.#heap.changeValue(x, this.#point(x, this.#nearestAfter(x)));
  }

  /** Candidates are lower bounds, and what they point at may have been blocked: looks again until one is true. */
  #refreshMinimum(attempts: number): void {
    const { data, rowOffset } = this.#distances;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const x = this.#heap.minKey;
      const y = this.#neighbor[x]!;
      if (y === -1) return;
      const isTrue = this.#heap.minValue === data[rowOffset[x]! + y]!;
      if (isTrue && this.#constraint?.isBlocked(x, y) !== true) return;
      this.#pointAtNearest(x);
    }
  }

  /** Only blocked pairs are left: from now on they are joined too. */
  #liftConstraint(): void {
    this.#constraint = undefined;
    for (let x = 0; x < this.#neighbor.length; x += 1) if (this.#size[x]! > 0) this.#pointAtNearest(x);
  }

  #record(merge: number, x: number, y: number, distance: number): void {
    const { left, right, height, size } = this.dendrogram;
    const isForced = this.#isConstrained && this.#constraint === undefined;
    left[merge] = Math.min(this.#nodeOf[x]!, this.#nodeOf[y]!);
    right[merge] = Math.max(this.#nodeOf[x]!, this.#nodeOf[y]!);
    height[merge] = isForced ? FORCED_MERGE_HEIGHT + distance : distance;
    size[merge] = this.#size[x]! + this.#size[y]!;
  }

  /**
   * Distances of all others to the union of x and y, by Lance and Williams:
   * d(z, xy)² = (|x| d(z, x)² + |y| d(z, y)²) / (|x| + |y|) − |x| |y| d(x, y)² / (|x| + |y|)²
   */
  #updateDistances(x: number, y: number, distance: number): void {
    const { count, data } = this.#distances;
    const size = this.#size;
    const sizeX = size[x]!;
    const sizeY = size[y]!;
    const total = sizeX + sizeY;
    const between = (sizeX * sizeY * distance * distance) / total;
    for (let z = 0; z < count; z += 1) {
      if (size[z] === 0 || z === x || z === y) continue;
      const toY = condensedIndex(this.#distances, z, y);
      const dx = data[condensedIndex(this.#distances, z, x)]!;
      const dy = data[toY]!;
      // A negative remainder is rounding of a distance of zero.
      data[toY] = Math.sqrt(Math.max(0, (sizeX * dx * dx + sizeY * dy * dy - between) / total));
    }
  }

  /** Who pointed at x points at the union; who is nearer to it than to its candidate does too. */
  #updateCandidates(x: number, y: number): void {
    const { count, data, rowOffset } = this.#distances;
    for (let z = 0; z < x; z += 1) if (this.#size[z]! > 0 && this.#neighbor[z] === x) this.#neighbor[z] = y;
    const blocked = this.#constraint?.blockedWith(y);
    for (let z = 0; z < y; z += 1) {
      if (this.#size[z] === 0 || blocked?.has(z) === true) continue;
      if (data[rowOffset[z]! + y]! < this.#lowerBound[z]!) this.#heap.changeValue(z, this.#point(z, y));
    }
    if (y < count - 1) this.#pointAtNearest(y);
  }
}
