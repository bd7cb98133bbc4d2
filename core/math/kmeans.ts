import { addScaledRow, rowOf, zeroMatrix, type Matrix } from './matrix.ts';
import type { Random } from './random.ts';

export type KMeansOptions = {
  /** Starts; the one with the smallest inertia is kept, the first of equals. */
  readonly starts: number;
  readonly maxIterations: number;
  /** How many vectors each row stands for; default 1 each. */
  readonly weights?: Float64Array;
};

/**
 * 300 iterations as in scikit-learn. pyannote has 3 starts, each the best of several draws; plain draws need more to do
 * as well.
 */
export const DEFAULT_K_MEANS_OPTIONS: KMeansOptions = Object.freeze({ starts: 20, maxIterations: 300 });

type Partition = { readonly labels: Int32Array; readonly inertia: number };

/**
 * Splits vectors into `clusterCount` groups with small squared distances to their means (k-means++ and Lloyd).
 *
 * Deterministic for a given generator; not the random sequence of scikit-learn. No cluster stays empty as long as
 * there are that many different vectors: an empty one takes the vector farthest from its mean.
 *
 * @param vectors [n, dimension]
 * @param clusterCount 1 … n
 * @returns label of each vector
 * @see Arthur & Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007
 */
export function kMeans(
  vectors: Matrix,
  clusterCount: number,
  random: Random,
  options: Partial<KMeansOptions> = {},
): Int32Array {
  const { starts, maxIterations } = { ...DEFAULT_K_MEANS_OPTIONS, ...options };
  const weights = options.weights ?? new Float64Array(vectors.rows).fill(1);
  let best: Partition | undefined;
  for (let start = 0; start < starts; start += 1) {
    const partition = refine(
      vectors,
      weights,
      seedMeans(vectors, weights, clusterCount, random),
      maxIterations,
    );
    if (best === undefined || partition.inertia < best.inertia) best = partition;
  }
  return best?.labels ?? new Int32Array(vectors.rows);
}

/** k-means++: each next mean is a vector drawn with a chance proportional to its squared distance to those chosen. */
function seedMeans(
  vectors: Matrix,
  weights: Float64Array,
  clusterCount: number,
  random: Random,
): Float64Array {
  const { rows, columns } = vectors;
  const means = new Float64Array(clusterCount * columns);
  const nearest = new Float64Array(rows).fill(Infinity);
  const chances = new Float64Array(rows);
  let chosen = Math.floor(random() * rows);
  for (let cluster = 0; cluster < clusterCount; cluster += 1) {
    means.set(rowOf(vectors, chosen), cluster * columns);
    let total = 0;
    for (let row = 0; row < rows; row += 1) {
      nearest[row] = Math.min(nearest[row]!, squaredDistance(vectors, row, means, cluster));
      chances[row] = weights[row]! * nearest[row]!;
      total += chances[row]!;
    }
    chosen = drawByWeight(chances, random() * total);
  }
  return means;
}

function drawByWeight(weights: Float64Array, point: number): number {
  let rest = point;
  for (let index = 0; index < weights.length; index += 1) {
    rest -= weights[index]!;
    if (rest < 0) return index;
  }
  return weights.length - 1;
}

/** Lloyd's iterations until no label changes. */
function refine(
  vectors: Matrix,
  weights: Float64Array,
  means: Float64Array,
  maxIterations: number,
): Partition {
  const { rows, columns } = vectors;
  const clusterCount = means.length / columns;
  const labels = new Int32Array(rows).fill(-1);
  const distances = new Float64Array(rows);
  for (let iteration = 0; iteration < maxIterations; iteration += 1) {
    let changed = false;
    for (let row = 0; row < rows; row += 1) {
      let label = 0;
      let smallest = Infinity;
      for (let cluster = 0; cluster < clusterCount; cluster += 1) {
        const distance = squaredDistance(vectors, row, means, cluster);
        if (distance < smallest) {
          smallest = distance;
          label = cluster;
        }
      }
      if (label !== labels[row]) changed = true;
      labels[row] = label;
      distances[row] = smallest;
    }
    if (fillEmptyClusters(labels, distances, clusterCount)) changed = true;
    if (!changed) break;
    updateMeans(vectors, weights, labels, means);
  }
  return { labels, inertia: distances.reduce((sum, distance, row) => sum + weights[row]! * distance, 0) };
}

function fillEmptyClusters(labels: Int32Array, distances: Float64Array, clusterCount: number): boolean {
  const sizes = new Int32Array(clusterCount);
  for (const label of labels) sizes[label]! += 1;
  let filled = false;
  for (let cluster = 0; cluster < clusterCount; cluster += 1) {
    if (sizes[cluster]! > 0) continue;
    let farthest = -1;
    for (let row = 0; row < labels.length; row += 1) {
      if (sizes[labels[row]!]! < 2 || distances[row] === 0) continue;
      if (farthest === -1 || distances[row]! > distances[farthest]!) farthest = row;
    }
    // Fewer different vectors than clusters: some stay empty.
    if (farthest === -1) break;
    sizes[labels[farthest]!]! -= 1;
    sizes[cluster] = 1;
    labels[farthest] = cluster;
    distances[farthest] = 0;
    filled = true;
  }
  return filled;
}

function updateMeans(vectors: Matrix, weights: Float64Array, labels: Int32Array, means: Float64Array): void {
  const { rows, columns } = vectors;
  const sizes = new Float64Array(means.length / columns);
  const sums = zeroMatrix(sizes.length, columns);
  for (let row = 0; row < rows; row += 1) {
    const cluster = labels[row]!;
    sizes[cluster]! += weights[row]!;
    addScaledRow(sums, cluster, weights[row]!, vectors, row);
  }
  for (let i = 0; i < means.length; i += 1) {
    const size = sizes[Math.floor(i / columns)]!;
    if (size > 0) means[i] = sums.data[i]! / size;
  }
}

function squaredDistance(
  { columns, data }: Matrix,
  row: number,
  means: Float64Array,
  cluster: number,
): number {
  let sum = 0;
  for (let i = row * columns, j = cluster * columns, end = i + columns; i < end; i += 1, j += 1) {
    const difference = data[i]! - means[j]!;
    sum += difference * difference;
  }
  return sum;
}
