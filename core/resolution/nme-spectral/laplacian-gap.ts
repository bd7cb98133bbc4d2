import { approximateLargest, type RitzValues } from '../../math/lanczos.ts';
import {
  isDenseCheaper,
  laplacianOf,
  lowestEigenpairs,
  mirrored,
  partVectors,
  type LaplacianOptions,
} from './laplacian-eigen.ts';
import type { NeighbourGraph } from './neighbour-graph.ts';

/** The widest gap between neighbours among the lowest eigenvalues of a graph's Laplacian. */
export type EigenGap = {
  readonly width: number;
  /** How many eigenvalues lie below it: the number of groups. */
  readonly groups: number;
  /** Ascending: those that had to be known, at most one more than the groups asked for. */
  readonly eigenvalues: Float64Array;
};

/** An eigenvalue is known when it is so near, as a share of twice the largest degree. */
const TOLERANCE = 1e-6;
/** How well the lowest of what is left is known, in the look for eigenvalues that are there more than once. */
const ROUGH_TOLERANCE = 1e-3;
/** Vectors kept, and products of the graph before another way is taken: small graphs have an inverse. */
const BASIS = 120;
const MAX_PRODUCTS = 600;

export type GapOptions = LaplacianOptions & {
  /** A gap that is not wider than this is of no use. @default 0: any is */
  readonly leastWidth?: number | undefined;
};

/**
 * Most eigenvalues need not be known for that. Where the lowest ones are known and those above lie close enough together,
 * or the rest of what is looked at is narrower than the gap found, no other one can be the widest.
 *
 * @param mostGroups how many groups are counted at most
 * @returns undefined as soon as it is clear that no gap is as wide as `leastWidth`
 */
export function widestGap(
  graph: NeighbourGraph,
  mostGroups: number,
  { onTick, leastWidth = 0 }: GapOptions = {},
): EigenGap | undefined {
  const count = Math.min(mostGroups + 1, graph.size);
  const known = partVectors(graph, count);
  if (isDenseCheaper(graph.size, count) || known.length >= count) return fromAll(graph, mostGroups, onTick);
  const { apply, bound } = mirrored(laplacianOf(graph), graph);
  const zeros = known.length;
  const options = { perpendicularTo: known, maxBasis: BASIS, maxProducts: MAX_PRODUCTS, onTick };
  const found = approximateLargest(apply, graph.size, {
    ...options,
    count: count - zeros,
    tolerance: TOLERANCE,
    isEnough: (ritz) => isDecided(ritz, zeros, bound, leastWidth),
  });
  if (found === undefined) return fromAll(graph, mostGroups, onTick);
  if (widestPossible(found.ritz, zeros, bound) < leastWidth) return undefined;
  const lowest = knownValues(found.ritz, zeros, bound);
  const beside = approximateLargest(apply, graph.size, {
    ...options,
    count: 1,
    perpendicularTo: [...known, ...found.pairs(lowest.length - zeros).vectors],
    tolerance: ROUGH_TOLERANCE,
  });
  const isOneMissing =
    beside === undefined || bound - beside.ritz.values[0]! < lowest.at(-1)! - TOLERANCE * bound;
  return isOneMissing ? fromAll(graph, mostGroups, onTick) : gapOf(lowest, mostGroups);
}

function fromAll(graph: NeighbourGraph, mostGroups: number, onTick: (() => void) | undefined): EigenGap {
  return gapOf(lowestEigenpairs(graph, mostGroups + 1, { onTick }).values, mostGroups);
}

/** @param eigenvalues ascending */
function gapOf(eigenvalues: Float64Array, mostGroups: number): EigenGap {
  let width = 0;
  // A graph in more parts than can be counted has no gap at all: there are as many groups as may be.
  let groups = Math.min(mostGroups, Math.max(1, eigenvalues.length - 1));
  for (let index = 0; index + 1 < eigenvalues.length; index++) {
    const difference = eigenvalues[index + 1]! - eigenvalues[index]!;
    if (difference <= width) continue;
    width = difference;
    groups = index + 1;
  }
  return { width, groups, eigenvalues };
}

/** Those up to the first that is not known well enough, ascending, zeros of the parts first. */
function knownValues(
  { values, residuals, magnitude }: RitzValues,
  zeros: number,
  bound: number,
): Float64Array {
  const unknown = residuals.findIndex((residual) => residual > TOLERANCE * magnitude);
  const known = unknown === -1 ? values : values.subarray(0, unknown);
  return Float64Array.of(...new Float64Array(zeros), ...known.map((value) => Math.max(0, bound - value)));
}

/** Whether no gap above the known eigenvalues can be wider than the widest below, or none at all wide enough. */
function isDecided(ritz: RitzValues, zeros: number, bound: number, leastWidth: number): boolean {
  const lowest = knownValues(ritz, zeros, bound);
  const { width } = gapOf(lowest, lowest.length);
  const possible = widestPossible(ritz, zeros, bound);
  return (width > 0 && width >= possible) || possible < leastWidth;
}

/** No gap among the eigenvalues looked at is wider. */
function widestPossible(ritz: RitzValues, zeros: number, bound: number): number {
  const lowest = knownValues(ritz, zeros, bound);
  const { values, residuals } = ritz;
  let widest = gapOf(lowest, lowest.length).width;
  // Each interval of value ± residual holds an eigenvalue, and the last one wanted is not above its value.
  const highest = bound - values.at(-1)!;
  let below = lowest.at(-1) ?? 0;
  for (let rank = lowest.length - zeros; rank < values.length; rank++) {
    const value = bound - values[rank]!;
    widest = Math.max(widest, Math.min(value + residuals[rank]!, highest) - below);
    below = value - residuals[rank]!;
  }
  return widest;
}
