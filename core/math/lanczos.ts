import { InvariantError } from '../errors.ts';
import { createRandom, type Random } from './random.ts';
import { symmetricEigen } from './symmetric-eigen.ts';
import { dot } from './vector.ts';

/** `out` = A · `input` for a symmetric A; the two never share memory. */
export type SymmetricOperator = (input: Float64Array, out: Float64Array) => void;

/** Eigenvalues with a unit vector each. */
export type EigenPairs = { readonly values: Float64Array; readonly vectors: readonly Float64Array[] };

export type LanczosOptions = {
  /** How many eigenvalues, at least 1. */
  readonly count: number;
  /** Unit vectors that are perpendicular to each other; what is looked for is perpendicular to all of them. */
  readonly perpendicularTo: readonly Float64Array[];
  /** How far A x may be from λ x, relative to the largest |λ| met. */
  readonly tolerance: number;
  /** Eigenvalues that are there more than once count as often; without this each may be found only once, at half the cost. */
  readonly repeated: boolean;
  /** Vectors kept at a time; more need fewer products with A and more memory. */
  readonly maxBasis: number;
  /** Called after each product with A; may throw to stop. */
  readonly onTick?: (() => void) | undefined;
};

export const DEFAULT_LANCZOS_OPTIONS: Omit<LanczosOptions, 'count'> = Object.freeze({
  perpendicularTo: [],
  tolerance: 1e-10,
  repeated: true,
  maxBasis: 40,
});

/** Products with A; far beyond what any graph of speech needs. */
const MAX_PRODUCTS = 20_000;
/** Shorter than this against A's size, what is left of a vector is rounding noise. */
const NOISE = 1e-14;
/** How well the largest of what is left is known before it is looked at closely. */
const ROUGH_TOLERANCE = 0.02;
/** Seed of the start vectors: equal input, equal output. */
const SEED = 1;

/**
 * The largest eigenvalues of a symmetric operator, descending, with their vectors: Lanczos with full
 * orthogonalisation and thick restarts. A second run beside what was found looks for eigenvalues that are there more
 * than once, which one run cannot see.
 *
 * Fewer than `count` where there are not that many dimensions.
 *
 * @throws InvariantError when it does not converge
 * @see K. Wu & H. Simon, "Thick-restart Lanczos method for large symmetric eigenvalue problems", SIAM J. Matrix Anal.
 *   Appl. 22, 2000
 */
export function largestEigenpairs(
  apply: SymmetricOperator,
  n: number,
  options: Pick<LanczosOptions, 'count'> & Partial<LanczosOptions>,
): EigenPairs {
  const resolved = { ...DEFAULT_LANCZOS_OPTIONS, ...options };
  const random = createRandom(SEED);
  const dimensions = n - resolved.perpendicularTo.length;
  const count = Math.min(resolved.count, dimensions);
  if (count === 0) return { values: new Float64Array(0), vectors: [] };
  let found = lanczosRun(apply, n, { ...resolved, count }, random);
  while (resolved.repeated && found.vectors.length < dimensions) {
    const beside = {
      ...resolved,
      count: 1,
      perpendicularTo: [...resolved.perpendicularTo, ...found.vectors],
    };
    const smallest = found.values[count - 1]!;
    // Roughly known is enough where what is left lies far below.
    const rough = lanczosRun(apply, n, { ...beside, tolerance: ROUGH_TOLERANCE }, random).values[0]!;
    if (rough + 2 * ROUGH_TOLERANCE * Math.abs(rough) < smallest) break;
    const more = lanczosRun(apply, n, beside, random);
    // A repeated eigenvalue differs from the known one by rounding only.
    if (more.values[0]! <= smallest + resolved.tolerance * Math.abs(smallest)) break;
    found = merged(found, more);
  }
  return { values: found.values.slice(0, count), vectors: found.vectors.slice(0, count) };
}

function merged(a: EigenPairs, b: EigenPairs): EigenPairs {
  const values = [...a.values, ...b.values];
  const vectors = [...a.vectors, ...b.vectors];
  const order = [...values.keys()].sort((i, j) => values[j]! - values[i]!);
  return {
    values: Float64Array.from(order, (index) => values[index]!),
    vectors: order.map((index) => vectors[index]!),
  };
}

/** The state of a run: A in the space of a growing basis. */
type Basis = {
  readonly vectors: Float64Array[];
  /** [maxBasis, maxBasis]: vᵢ · A vⱼ. */
  readonly projected: Float64Array;
  readonly width: number;
};

function lanczosRun(
  apply: SymmetricOperator,
  n: number,
  { count, perpendicularTo, tolerance, maxBasis, onTick }: LanczosOptions,
  random: Random,
): EigenPairs {
  const dimensions = n - perpendicularTo.length;
  const width = Math.min(dimensions, Math.max(maxBasis, 2 * count + 10));
  const basis: Basis = { vectors: [], projected: new Float64Array(width * width), width };
  let next = randomUnit(n, perpendicularTo, random);
  let checkedAt = 0;
  for (let product = 0; product < MAX_PRODUCTS; product++) {
    onTick?.();
    const { remainder, length } = extend(basis, apply, next, perpendicularTo);
    const size = basis.vectors.length;
    const isFull = size === width;
    const isDue = isFull || size >= Math.max(count, checkedAt + Math.max(4, size >> 3));
    const noise = NOISE * largestEntry(basis);
    if (isDue && size >= count) {
      checkedAt = size;
      const ritz = ritzPairs(basis, count, length);
      if (size === dimensions || ritz.residual <= tolerance * ritz.magnitude) return ritz.pairs();
      if (isFull) {
        restart(basis, ritz.keep(keptCount(count, width)));
        checkedAt = basis.vectors.length;
      }
    }
    // Nothing left: the basis is closed under A, and a new direction opens another part of the space.
    next = length > noise ? remainder : randomUnit(n, [...perpendicularTo, ...basis.vectors], random);
  }
  throw new InvariantError('An eigenproblem of a large matrix did not converge.');
}

/** Half of the room that is left beside what is wanted: restarts then lose little. */
function keptCount(count: number, width: number): number {
  return Math.min(width - 1, count + Math.max(2, (width - count) >> 1));
}

/** Adds a unit vector to the basis; gives what A makes of it beside the basis, as a unit vector, and its length. */
function extend(
  { vectors, projected, width }: Basis,
  apply: SymmetricOperator,
  vector: Float64Array,
  perpendicularTo: readonly Float64Array[],
): { remainder: Float64Array; length: number } {
  const image = new Float64Array(vector.length);
  apply(vector, image);
  const index = vectors.push(vector) - 1;
  for (const known of perpendicularTo) subtract(image, known, dot(known, image));
  // Twice is enough (Kahan): the second pass removes what the first one's rounding left.
  for (let pass = 0; pass < 2; pass++) {
    for (let i = 0; i <= index; i++) {
      const part = dot(vectors[i]!, image);
      subtract(image, vectors[i]!, part);
      projected[index * width + i]! += part;
      if (i < index) projected[i * width + index]! += part;
    }
  }
  const length = normalize(image);
  return { remainder: image, length };
}

function largestEntry({ projected, vectors, width }: Basis): number {
  let largest = 0;
  for (let i = 0; i < vectors.length; i++) largest = Math.max(largest, Math.abs(projected[i * width + i]!));
  return largest;
}

function ritzPairs({ vectors, projected, width }: Basis, count: number, remainderLength: number) {
  const size = vectors.length;
  const small = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    small.set(projected.subarray(row * width, row * width + size), row * size);
  }
  const { values, vectors: rotations } = symmetricEigen(small, size);
  const rotationOf = (rank: number): Float64Array =>
    rotations.subarray((size - 1 - rank) * size, (size - rank) * size);
  let residual = 0;
  for (let rank = 0; rank < count; rank++) {
    residual = Math.max(residual, remainderLength * Math.abs(rotationOf(rank)[size - 1]!));
  }
  const keep = (kept: number) => ({
    values: Float64Array.from({ length: kept }, (_, rank) => values[size - 1 - rank]!),
    vectors: Array.from({ length: kept }, (_, rank) => combined(vectors, rotationOf(rank))),
  });
  const magnitude = Math.max(Math.abs(values[0]!), Math.abs(values[size - 1]!));
  return { residual, magnitude, keep, pairs: (): EigenPairs => keep(count) };
}

/** Goes on with the best directions so far; the vector that comes next is as before. */
function restart({ vectors, projected, width }: Basis, kept: EigenPairs): void {
  vectors.length = 0;
  vectors.push(...kept.vectors);
  projected.fill(0);
  kept.values.forEach((value, index) => (projected[index * width + index] = value));
}

function combined(vectors: readonly Float64Array[], factors: Float64Array): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  vectors.forEach((vector, index) => subtract(sum, vector, -factors[index]!));
  normalize(sum);
  return sum;
}

function randomUnit(n: number, perpendicularTo: readonly Float64Array[], random: Random): Float64Array {
  const vector = Float64Array.from({ length: n }, () => random() - 0.5);
  for (let pass = 0; pass < 2; pass++) {
    for (const known of perpendicularTo) subtract(vector, known, dot(known, vector));
    normalize(vector);
  }
  return vector;
}

function subtract(from: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < from.length; i++) from[i]! -= factor * vector[i]!;
}

function normalize(vector: Float64Array): number {
  const length = Math.sqrt(dot(vector, vector));
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  return length;
}
