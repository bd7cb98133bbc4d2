import { logNormalDensity, logNormalMass, truncatedNormalQuantile } from '../../math/normal-distribution.ts';
import {
  fromSearched,
  searchedBounds,
  stepOf,
  toSearched,
  type NumericDistribution,
} from './distribution.ts';
import { largestOf } from '../../math/extremes.ts';

/** A mixture of kernels over the values seen: where they lie dense, good values are likely. */
export type KernelDensity<Value> = {
  /** A value drawn with one uniform number for the kernel and one for the place in it, each in [0, 1). */
  readonly draw: (kernel: number, place: number) => Value;
  /** Natural logarithm of the density, or of the mass of a step. */
  readonly logDensity: (value: Value) => number;
};

/** Values beyond this many lose weight with age. */
const FULL_WEIGHTS = 25;
/** Kernels are at least this share of the range wide. */
const MOST_KERNELS_A_RANGE = 100;

/** Weight of each value, oldest first. Optuna's `default_weights`. */
export function weightsByAge(count: number): number[] {
  const aged = Math.max(0, count - FULL_WEIGHTS);
  return Array.from({ length: count }, (_, index) => {
    if (index >= aged) return 1;
    return 1 / count + ((1 - 1 / count) * index) / Math.max(1, aged - 1);
  });
}

/** The weights of all kernels, that of the prior last, adding up to 1. */
function kernelWeights(count: number): number[] {
  const weights = [...weightsByAge(count), 1];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** The first kernel whose cumulated weight exceeds the number. */
function chooseKernel(weights: readonly number[], uniform: number): number {
  let cumulated = 0;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const index = weights.findIndex((weight) => {
    cumulated += weight;
    return uniform < cumulated / total;
  });
  return index === -1 ? weights.length - 1 : index;
}

function logSumExp(terms: readonly number[]): number {
  const largest = largestOf(terms);
  if (largest === -Infinity) return -Infinity;
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
}

/**
 * Normal kernels, cut off at the bounds: one on each value, as wide as the larger distance to its neighbours, and a
 * prior over the whole range.
 *
 * @param values oldest first
 * @see Optuna 4.9 `_ParzenEstimator`; J. Bergstra et al., "Algorithms for hyper-parameter optimization", NIPS 2011
 */
export function numericKernels(
  values: readonly number[],
  distribution: NumericDistribution,
): KernelDensity<number> {
  const [low, high] = searchedBounds(distribution);
  const points = values.map((value) => toSearched(distribution, value));
  const widest = high - low;
  const narrowest = widest / Math.min(MOST_KERNELS_A_RANGE, values.length + 2);
  const means = [...points, 0.5 * (low + high)];
  const deviations = [
    ...neighbourDistances(points, low, high).map((width) => Math.min(Math.max(width, narrowest), widest)),
    widest,
  ];
  const weights = kernelWeights(values.length);
  const bounds = means.map(
    (mean, k) => [(low - mean) / deviations[k]!, (high - mean) / deviations[k]!] as const,
  );
  const logMasses = bounds.map(([a, b]) => logNormalMass(a, b));
  const step = stepOf(distribution);

  const logKernel = (value: number, k: number): number => {
    const mean = means[k]!;
    const deviation = deviations[k]!;
    if (step === undefined) return logNormalDensity(toSearched(distribution, value), mean, deviation);
    const from = (toSearched(distribution, value - step / 2) - mean) / deviation;
    const to = (toSearched(distribution, value + step / 2) - mean) / deviation;
    return logNormalMass(from, to);
  };
  return {
    draw: (kernel, place) => {
      const k = chooseKernel(weights, kernel);
      const [a, b] = bounds[k]!;
      const point = means[k]! + deviations[k]! * truncatedNormalQuantile(place, a, b);
      return fromSearched(distribution, point);
    },
    logDensity: (value) =>
      logSumExp(weights.map((weight, k) => Math.log(weight) + logKernel(value, k) - logMasses[k]!)),
  };
}

/** The larger distance to the neighbours or bounds; the first value looks only up, the last only down. */
function neighbourDistances(points: readonly number[], low: number, high: number): number[] {
  const order = [...points.keys()].sort((a, b) => points[a]! - points[b]!);
  const sorted = [low, ...order.map((index) => points[index]!), high];
  const distances = new Array<number>(points.length).fill(0);
  order.forEach((index, rank) => {
    const down = sorted[rank + 1]! - sorted[rank]!;
    const up = sorted[rank + 2]! - sorted[rank + 1]!;
    const isEnd = points.length >= 2 && (rank === 0 || rank === points.length - 1);
    distances[index] = isEnd ? (rank === 0 ? up : down) : Math.max(down, up);
  });
  return distances;
}

/**
 * A kernel for each value that favours its choice, and a uniform prior.
 *
 * @param values indices of choices, oldest first
 * @see Optuna 4.9 `_ParzenEstimator`
 */
export function categoricalKernels(values: readonly number[], choiceCount: number): KernelDensity<number> {
  const weights = kernelWeights(values.length);
  const share = 1 / (values.length + 1);
  const probabilities = [...values, undefined].map((own) => {
    const row = Array.from({ length: choiceCount }, (_, choice) => share + (choice === own ? 1 : 0));
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.map((value) => value / total);
  });
  return {
    draw: (kernel, place) => {
      let cumulated = 0;
      const row = probabilities[chooseKernel(weights, kernel)]!;
      const choice = row.findIndex((probability) => {
        cumulated += probability;
        return place <= cumulated;
      });
      return choice === -1 ? choiceCount - 1 : choice;
    },
    logDensity: (value) =>
      logSumExp(weights.map((weight, k) => Math.log(weight) + Math.log(probabilities[k]![value]!))),
  };
}
