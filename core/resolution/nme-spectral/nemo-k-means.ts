import { rowOf, type Matrix } from '../../math/matrix.ts';
import { mostFrequent } from './eigengap-search.ts';
import { TorchRandom } from './torch-random.ts';

/** Candidates for each further centre. */
const CANDIDATES = 30;
const MAX_ROUNDS = 15;
/** Ends when the square of the summed shifts of all centres is below. */
const MIN_SHIFT = 1e-4;

/**
 * k-means as NeMo runs it on spectral embeddings, random numbers included: labels are those of the last assignment,
 * before the last update of the centres; a cluster without members becomes a random point.
 *
 * @param points [n, dimension] float32
 * @param trials of several seeds the labels that most vectors have in common with the others' are taken
 * @see NeMo 2.7.3 `kmeans_torch`, `SpectralClustering.clusterSpectralEmbeddings`
 */
export function kMeansLikeNemo(points: Matrix, clusterCount: number, trials = 1): Int32Array {
  const all = Array.from({ length: Math.max(1, trials) }, (_, seed) =>
    runFromSeed(points, clusterCount, seed),
  );
  return all.length === 1 ? all[0]! : all[mostTypical(all)]!;
}

function runFromSeed(points: Matrix, clusterCount: number, seed: number): Int32Array {
  const random = new TorchRandom(seed);
  const centres = gather(points, chooseCentres(points, clusterCount, random));
  const labels = new Int32Array(points.rows);
  if (clusterCount === 1 || points.rows === 1) return labels;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    labels.forEach((_, row) => (labels[row] = nearestCentre(points, row, centres)));
    if (updateCentres(points, labels, centres, random) ** 2 < MIN_SHIFT) break;
  }
  return labels;
}

/** k-means++ with 30 candidates for each centre but the first; of them the one that leaves the least distance. */
export function chooseCentres(points: Matrix, clusterCount: number, random: TorchRandom): number[] {
  const chosen = [random.integer(points.rows)];
  let distances = squaredDistances(points, chosen[0]!);
  let total = sumOf(distances);
  while (chosen.length < clusterCount) {
    const cumulative = cumulativeSums(distances);
    const candidates = Array.from(random.uniform(CANDIDATES), (share) =>
      firstNotBelow(cumulative, Math.fround(share * total)),
    );
    let best: { row: number; distances: Float32Array; total: number } | undefined;
    for (const row of candidates) {
      const own = squaredDistances(points, row, distances);
      const left = sumOf(own);
      if (best === undefined || left < best.total) best = { row, distances: own, total: left };
    }
    ({ distances, total } = best!);
    chosen.push(best!.row);
  }
  return chosen;
}

function gather(points: Matrix, rows: readonly number[]): Float32Array {
  const { columns } = points;
  const gathered = new Float32Array(rows.length * columns);
  rows.forEach((row, index) => gathered.set(rowOf(points, row), index * columns));
  return gathered;
}

function nearestCentre({ data, columns }: Matrix, row: number, centres: Float32Array): number {
  let nearest = 0;
  let smallest = Infinity;
  for (let centre = 0; centre * columns < centres.length; centre++) {
    const distance = squaredDistance(data, row * columns, centres, centre * columns, columns, smallest);
    if (distance >= smallest) continue;
    smallest = distance;
    nearest = centre;
  }
  return nearest;
}

/** @returns the sum of how far each centre moved */
function updateCentres(
  points: Matrix,
  labels: Int32Array,
  centres: Float32Array,
  random: TorchRandom,
): number {
  const { data, rows, columns } = points;
  let moved = 0;
  for (let centre = 0; centre * columns < centres.length; centre++) {
    const mean = new Float64Array(columns);
    let members = 0;
    for (let row = 0; row < rows; row++) {
      if (labels[row] !== centre) continue;
      members++;
      for (let k = 0; k < columns; k++) mean[k]! += data[row * columns + k]!;
    }
    const random0 = members === 0 ? random.integer(rows) : 0;
    const next = Float32Array.from(mean, (sum, k) =>
      members === 0 ? data[random0 * columns + k]! : sum / members,
    );
    moved += Math.sqrt(squaredDistance(next, 0, centres, centre * columns, columns));
    centres.set(next, centre * columns);
  }
  return moved;
}

/** Of each point to the one at `from`, at most `limits` where given. */
function squaredDistances(
  { data, rows, columns }: Matrix,
  from: number,
  limits?: Float32Array,
): Float32Array {
  const distances = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const limit = limits === undefined ? Infinity : limits[row]!;
    const distance = squaredDistance(data, from * columns, data, row * columns, columns, limit);
    distances[row] = Math.min(distance, limit);
  }
  return distances;
}

/** Entries between two looks at the limit. */
const STRIDE = 8;

/** Something above `limit` where the distance is above it, which is known before the last entry. */
function squaredDistance(
  a: Float32Array,
  startA: number,
  b: Float32Array,
  startB: number,
  length: number,
  limit = Infinity,
): number {
  let sum = 0;
  for (let start = 0; start < length && sum <= limit; start += STRIDE) {
    const end = Math.min(length, start + STRIDE);
    for (let k = start; k < end; k++) {
      const difference = Math.fround(a[startA + k]! - b[startB + k]!);
      sum += difference * difference;
    }
  }
  return Math.fround(sum);
}

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return Math.fround(sum);
}

function cumulativeSums(values: Float32Array): Float32Array {
  let sum = 0;
  return values.map((value) => (sum = Math.fround(sum + value)));
}

/** Index of the first sum that is not below; the last where all are. */
function firstNotBelow(sums: Float32Array, value: number): number {
  const index = sums.findIndex((sum) => sum >= value);
  return index === -1 ? sums.length - 1 : index;
}

/** The labelling whose index wins most votes, as NeMo counts them: the seed at which each label's mode last stood. */
function mostTypical(labellings: readonly Int32Array[]): number {
  const votes = Array.from(labellings[0]!, (_, row) => {
    const own = labellings.map((labels) => labels[row]!);
    return own.lastIndexOf(mostFrequent(own));
  });
  return mostFrequent(votes);
}
