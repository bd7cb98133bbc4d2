import { choleskyInPlace } from '../../math/cholesky.ts';
import { largestEigenpairs, type EigenPairs, type SymmetricOperator } from '../../math/lanczos.ts';
import { symmetricEigen } from '../../math/symmetric-eigen.ts';
import { connectedParts, HALF_EDGE, type NeighbourGraph } from './neighbour-graph.ts';

/**
 * Eigenvalues of a graph's Laplacian (degree minus adjacency, not normalised). The lowest ones say how many groups the
 * graph falls into: each part of it that is connected with no other gives a zero, each loosely connected one nearly so.
 */
export type LaplacianOptions = { readonly onTick?: (() => void) | undefined };

/** Up to this many segments all eigenvalues at once are the cheapest way. */
const DENSE_SIZE = 48;
/** So is it where this share of them is wanted. */
const DENSE_SHARE = 0.25;
/** Up to this size the inverse fits: 8 n² bytes, n³/6 multiplications. */
const INVERTIBLE_SIZE = 1_600;
/** Added to the diagonal before inverting, as a share of the largest degree: the Laplacian itself has no inverse. */
const SHIFT_SHARE = 1e-7;
/** Of the direct search. */
const TOLERANCE = 1e-8;
/** Vectors kept for the direct search, which converges slowly. */
const DIRECT_BASIS = 120;

/** The lowest `count` eigenvalues, ascending, with a unit vector each. Fewer where the graph is smaller. */
export function lowestEigenpairs(
  graph: NeighbourGraph,
  count: number,
  { onTick }: LaplacianOptions = {},
): EigenPairs {
  // A vector that is constant on one part and zero elsewhere belongs to eigenvalue 0, exactly.
  const known = partVectors(graph, Math.min(count, graph.size));
  if (isDenseCheaper(graph.size, count)) {
    const { values, vectors } = denseEigenpairs(denseLaplacian(graph), graph.size, count);
    return { values: values.fill(0, 0, known.length), vectors };
  }
  if (known.length >= count) return { values: new Float64Array(count), vectors: known };
  const rest = count - known.length;
  const found =
    graph.size <= INVERTIBLE_SIZE
      ? fromInverse(graph, rest, known, onTick)
      : fromMirrored(graph, rest, known, onTick);
  return {
    values: Float64Array.of(...new Float64Array(known.length), ...found.values),
    vectors: [...known, ...found.vectors],
  };
}

/** Whether all eigenvalues at once cost no more than `count` of them. */
export function isDenseCheaper(size: number, count: number): boolean {
  return size <= DENSE_SIZE || count >= DENSE_SHARE * size;
}

/** The largest eigenvalue; 0 for a graph without edges. */
export function largestEigenvalue(graph: NeighbourGraph, { onTick }: LaplacianOptions = {}): number {
  if (graph.targets.length === 0) return 0;
  if (graph.size <= DENSE_SIZE) return symmetricEigen(denseLaplacian(graph), graph.size).values.at(-1)!;
  const apply = laplacianOf(graph);
  return largestEigenpairs(apply, graph.size, { count: 1, tolerance: 1e-6, repeated: false, onTick })
    .values[0]!;
}

/** All of the lowest from a dense Laplacian [n, n]. */
export function denseEigenpairs(laplacian: Float64Array, n: number, count: number): EigenPairs {
  const { values, vectors } = symmetricEigen(laplacian, n);
  const kept = Math.min(count, n);
  return {
    values: values.slice(0, kept),
    vectors: Array.from({ length: kept }, (_, k) => vectors.slice(k * n, (k + 1) * n)),
  };
}

/** Unit vectors, each constant on one part of the graph and zero elsewhere: of eigenvalue 0, exactly. */
export function partVectors(graph: NeighbourGraph, most: number): Float64Array[] {
  const { partOf, count } = connectedParts(graph);
  const sizes = new Float64Array(count);
  for (const part of partOf) sizes[part]! += 1;
  return Array.from({ length: Math.min(count, most) }, (_, part) =>
    Float64Array.from(partOf, (own) => (own === part ? 1 / Math.sqrt(sizes[part]!) : 0)),
  );
}

/** Lowest of L are largest of (L + shift)⁻¹, where they stand far apart: few products are needed. */
function fromInverse(
  graph: NeighbourGraph,
  count: number,
  known: readonly Float64Array[],
  onTick: (() => void) | undefined,
): EigenPairs {
  const n = graph.size;
  const matrix = denseLaplacian(graph);
  const shift = SHIFT_SHARE * largestDegree(graph);
  for (let row = 0; row < n; row++) matrix[row * n + row]! += shift;
  const { solve } = choleskyInPlace(matrix, n);
  const { values, vectors } = largestEigenpairs(solve, n, { count, perpendicularTo: known, onTick });
  return { values: values.map((value) => Math.max(0, 1 / value - shift)), vectors };
}

/** Lowest of L are largest of bound - L. */
function fromMirrored(
  graph: NeighbourGraph,
  count: number,
  known: readonly Float64Array[],
  onTick: (() => void) | undefined,
): EigenPairs {
  const { apply, bound } = mirrored(laplacianOf(graph), graph);
  const { values, vectors } = largestEigenpairs(apply, graph.size, {
    count,
    perpendicularTo: known,
    maxBasis: DIRECT_BASIS,
    tolerance: TOLERANCE,
    onTick,
  });
  return { values: values.map((value) => Math.max(0, bound - value)), vectors };
}

/** bound - L: its largest eigenvalues are the lowest of L. */
export function mirrored(
  laplacian: SymmetricOperator,
  graph: NeighbourGraph,
): { readonly apply: SymmetricOperator; readonly bound: number } {
  // Gershgorin: no eigenvalue of a Laplacian is above twice its largest degree.
  const bound = 2 * largestDegree(graph);
  const apply: SymmetricOperator = (input, out) => {
    laplacian(input, out);
    for (let i = 0; i < out.length; i++) out[i] = bound * input[i]! - out[i]!;
  };
  return { apply, bound };
}

function degreeOf({ offsets }: NeighbourGraph, row: number): number {
  return HALF_EDGE * (offsets[row + 1]! - offsets[row]!);
}

function largestDegree(graph: NeighbourGraph): number {
  let largest = 0;
  for (let row = 0; row < graph.size; row++) largest = Math.max(largest, degreeOf(graph, row));
  return largest;
}

export function laplacianOf(graph: NeighbourGraph): SymmetricOperator {
  const { size } = graph;
  // An edge that both ends chose is there twice: it is read once.
  const { single, double } = splitByWeight(graph);
  return (input, out) => {
    for (let row = 0; row < size; row++) {
      const sum = HALF_EDGE * sumAt(input, single, row) + 2 * HALF_EDGE * sumAt(input, double, row);
      out[row] = degreeOf(graph, row) * input[row]! - sum;
    }
  };
}

/** Neighbours of segment i are `targets[offsets[i]]` up to before `targets[offsets[i + 1]]`. */
type Edges = Pick<NeighbourGraph, 'offsets' | 'targets'>;

function splitByWeight({ size, offsets, targets }: NeighbourGraph): {
  readonly single: Edges;
  readonly double: Edges;
} {
  const single = { offsets: new Int32Array(size + 1), targets: new Int32Array(targets.length) };
  const double = { offsets: new Int32Array(size + 1), targets: new Int32Array(targets.length >> 1) };
  const times = new Uint8Array(size);
  for (let row = 0; row < size; row++) {
    const own = targets.subarray(offsets[row], offsets[row + 1]);
    for (const other of own) times[other]! += 1;
    let [singles, doubles] = [single.offsets[row]!, double.offsets[row]!];
    for (const other of own) {
      if (times[other] === 1) single.targets[singles++] = other;
      if (times[other] === 2) double.targets[doubles++] = other;
      times[other] = 0;
    }
    single.offsets[row + 1] = singles;
    double.offsets[row + 1] = doubles;
  }
  return { single, double };
}

/** Four sums side by side: one would wait for itself. */
function sumAt(input: Float64Array, { offsets, targets }: Edges, row: number): number {
  const end = offsets[row + 1]!;
  let k = offsets[row]!;
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (; k + 3 < end; k += 4) {
    sum0 += input[targets[k]!]!;
    sum1 += input[targets[k + 1]!]!;
    sum2 += input[targets[k + 2]!]!;
    sum3 += input[targets[k + 3]!]!;
  }
  for (; k < end; k++) sum0 += input[targets[k]!]!;
  return sum0 + sum1 + (sum2 + sum3);
}

/** [n, n] row-major. */
export function denseLaplacian(graph: NeighbourGraph): Float64Array {
  const { size, offsets, targets } = graph;
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    matrix[row * size + row] = degreeOf(graph, row);
    for (let k = offsets[row]!; k < offsets[row + 1]!; k++) matrix[row * size + targets[k]!]! -= HALF_EDGE;
  }
  return matrix;
}
