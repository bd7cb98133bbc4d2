import { InvariantError } from '../errors.ts';
import { KrylovBasis, type EigenPairs, type RitzValues, type SymmetricOperator } from './krylov-basis.ts';
import { createRandom, type Random } from './random.ts';

export type { EigenPairs, RitzValues, SymmetricOperator } from './krylov-basis.ts';

export type LanczosOptions = {
  /** How many eigenvalues, at least 1. */
  readonly count: number;
  /** Unit vectors that are perpendicular to each other; what is looked for is perpendicular to all of them. */
  readonly perpendicularTo: readonly Float64Array[];
  /** How far A x may be from λ x, relative to the largest |λ| met. */
  readonly tolerance: number;
  /** Ends earlier, as soon as this holds. @default `tolerance` alone decides */
  readonly isEnough?: ((ritz: RitzValues) => boolean) | undefined;
  /** Eigenvalues that are there more than once count as often; without this each may be found only once, at half the cost. */
  readonly repeated: boolean;
  /** Vectors kept at a time; more need fewer products with A and more memory. */
  readonly maxBasis: number;
  /** Products with A before it is given up. */
  readonly maxProducts: number;
  /** Called after each product with A; may throw to stop. */
  readonly onTick?: (() => void) | undefined;
};

export const DEFAULT_LANCZOS_OPTIONS: Omit<LanczosOptions, 'count'> = Object.freeze({
  perpendicularTo: [],
  tolerance: 1e-10,
  repeated: true,
  maxBasis: 40,
  // Far beyond what any graph of speech needs.
  maxProducts: 20_000,
});

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
  const pairsOf = (own: LanczosOptions): EigenPairs =>
    converged(lanczosRun(apply, n, own, random)).ritzPairs(own.count);
  let found = pairsOf({ ...resolved, count });
  while (resolved.repeated && found.vectors.length < dimensions) {
    const beside = {
      ...resolved,
      count: 1,
      perpendicularTo: [...resolved.perpendicularTo, ...found.vectors],
    };
    const smallest = found.values[count - 1]!;
    // Roughly known is enough where what is left lies far below.
    const rough = pairsOf({ ...beside, tolerance: ROUGH_TOLERANCE }).values[0]!;
    if (rough + 2 * ROUGH_TOLERANCE * Math.abs(rough) < smallest) break;
    const more = pairsOf(beside);
    // A repeated eigenvalue differs from the known one by rounding only.
    if (more.values[0]! <= smallest + resolved.tolerance * Math.abs(smallest)) break;
    found = merged(found, more);
  }
  return { values: found.values.slice(0, count), vectors: found.vectors.slice(0, count) };
}

/**
 * What is known of the largest eigenvalues once `isEnough` says so; each that is there more than once may be seen only
 * once.
 *
 * @returns undefined where `maxProducts` were not enough
 */
export function approximateLargest(
  apply: SymmetricOperator,
  n: number,
  options: Pick<LanczosOptions, 'count'> & Partial<LanczosOptions>,
): { readonly ritz: RitzValues; readonly pairs: (count: number) => EigenPairs } | undefined {
  const resolved = { ...DEFAULT_LANCZOS_OPTIONS, ...options };
  const count = Math.min(resolved.count, n - resolved.perpendicularTo.length);
  const basis = lanczosRun(apply, n, { ...resolved, count }, createRandom(SEED));
  if (basis === undefined) return undefined;
  return { ritz: basis.ritzValues(count), pairs: (wanted) => basis.ritzPairs(wanted) };
}

function converged(basis: KrylovBasis | undefined): KrylovBasis {
  if (basis === undefined) throw new InvariantError('An eigenproblem of a large matrix did not converge.');
  return basis;
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

function lanczosRun(
  apply: SymmetricOperator,
  n: number,
  { count, perpendicularTo, tolerance, isEnough, maxBasis, maxProducts, onTick }: LanczosOptions,
  random: Random,
): KrylovBasis | undefined {
  const dimensions = n - perpendicularTo.length;
  const width = Math.min(dimensions, Math.max(maxBasis, 2 * count + 10));
  const basis = new KrylovBasis(n, width, perpendicularTo);
  const isFinished = (ritz: RitzValues): boolean =>
    ritz.residuals.every((residual) => residual <= tolerance * ritz.magnitude) || isEnough?.(ritz) === true;
  const next = randomUnit(basis, n, random);
  let checkedAt = 0;
  for (let product = 0; product < maxProducts; product++) {
    onTick?.();
    const length = basis.extend(apply, next);
    const isDue = basis.isFull || basis.size >= Math.max(count, checkedAt + Math.max(4, basis.size >> 3));
    const noise = NOISE * basis.scale;
    if (isDue && basis.size >= count) {
      checkedAt = basis.size;
      if (basis.size === dimensions || isFinished(basis.ritzValues(count))) return basis;
      if (basis.isFull) {
        basis.restart(keptCount(count, width));
        checkedAt = basis.size;
      }
    }
    // Nothing left: the basis is closed under A, and a new direction opens another part of the space.
    if (length <= noise) next.set(randomUnit(basis, n, random));
  }
  return undefined;
}

/** Half of the room that is left beside what is wanted: restarts then lose little. */
function keptCount(count: number, width: number): number {
  return Math.min(width - 1, count + Math.max(2, (width - count) >> 1));
}

function randomUnit(basis: KrylovBasis, n: number, random: Random): Float64Array {
  const vector = Float64Array.from({ length: n }, () => random() - 0.5);
  basis.makePerpendicular(vector);
  return vector;
}
