import { subsample, type Affinity } from './affinity.ts';
import { largestEigenvalue as findLargest, type LaplacianOptions } from './laplacian-eigen.ts';
import { widestGap } from './laplacian-gap.ts';
import { connectedParts, joinNeighbours, rankNeighbours, type NeighbourGraph } from './neighbour-graph.ts';
import { largestOf, smallestOf } from '../../math/extremes.ts';

/** How the number of neighbours is searched. */
export type EigengapSearchOptions = {
  /** The count of speakers reaches from 1 to this. NeMo: 8. @default 8 */
  readonly maxSpeakers: number;
  /** Neighbours tried, at most, as a share of the segments. NeMo's configurations: 0.25. @default 0.25 */
  readonly maxNeighbourShare: number;
  /** How many numbers of neighbours are tried; `Infinity`: each one. NeMo: 30, in `general` 10. @default 30 */
  readonly searchSteps: number;
  /** This share of neighbours and no search. NeMo: absent. @default it is searched */
  readonly neighbourShare?: number | undefined;
  /** Of twice as many segments or more every second, third, … is looked at. NeMo: 512. @default 512 segments */
  readonly sampleSize: number;
  /** The count that most numbers of neighbours give, not that of the best. NeMo: false. @default false */
  readonly majorityCount: boolean;
  /**
   * Numbers of neighbours that cannot be the best are looked at to the end as well.
   *
   * @default false
   */
  readonly everyTrial?: boolean | undefined;
};

/** What one number of neighbours gave. */
export type EigengapTrial = {
  readonly neighbours: number;
  /** Share of neighbours over the largest gap, in float32; the smaller the better. */
  readonly ratio: number;
  /** Where the largest gap lies. */
  readonly speakers: number;
  /** Ascending: those that had to be known to find the gap, at most `maxSpeakers + 1`. */
  readonly eigenvalues: Float64Array;
  readonly largestEigenvalue: number;
};

export type EigengapSearch = {
  /** In order; without `everyTrial` only those that were looked at to the end. */
  readonly trials: readonly EigengapTrial[];
  /** The trial that was chosen. */
  readonly chosen: EigengapTrial;
  /** The best one's graph hangs together, so that it was chosen. */
  readonly connected: boolean;
  readonly speakers: number;
  /** Neighbours for the graph of all segments. */
  readonly neighbours: number;
};

/** Keeps ratios finite. */
const GUARD = 1e-10;
/** Of a float32, with room. */
const RATIO_ROUNDING = 1e-6;
/** With fewer neighbours than two nobody is joined to another. */
const MIN_NEIGHBOURS = 2;

/**
 * NME: the number of neighbours whose graph shows the clearest gap between its lowest eigenvalues, and with it the
 * number of speakers. A graph that falls apart is passed over for the first number of neighbours, in order, after one
 * whose graph hangs together.
 *
 * @see T. Park et al., "Auto-tuning spectral clustering for speaker diarization using normalized maximum eigengap", IEEE
 *   Signal Processing Letters 27, 2020; NeMo 2.7.3 `NMESC.forward`
 */
export function searchEigengap(
  affinity: Affinity,
  options: EigengapSearchOptions,
  { onTick }: LaplacianOptions = {},
): EigengapSearch {
  const step = Math.max(1, Math.floor(affinity.size / options.sampleSize));
  const sample = subsample(affinity, step);
  const numbers = neighbourNumbers(sample.size, options);
  const ranking = rankNeighbours(sample, numbers.at(-1)!);
  const graphs = numbers.map((count) => joinNeighbours(ranking, count));
  const tryAt = (index: number, leastRatio: number): EigengapTrial | undefined =>
    tryNeighbours(graphs[index]!, numbers[index]!, { ...options, leastRatio }, onTick);
  const tried = numbers.map((): EigengapTrial | undefined => undefined);
  const passesOver = !(options.everyTrial ?? options.majorityCount);
  let least = Infinity;
  // The largest first: their gaps are wide, so that they are soon known and the others soon passed over.
  for (let index = numbers.length - 1; index >= 0; index--) {
    tried[index] = tryAt(index, passesOver ? least : Infinity);
    least = Math.min(least, tried[index]?.ratio ?? Infinity);
  }
  const best = tried.findIndex((trial) => trial?.ratio === least);
  const connected = isConnected(graphs[best]!);
  const chosenIndex = connected ? best : afterConnected(graphs);
  const chosen = (tried[chosenIndex] ??= tryAt(chosenIndex, Infinity))!;
  const trials = tried.filter((trial) => trial !== undefined);
  return {
    trials,
    chosen,
    connected,
    speakers: options.majorityCount ? mostFrequent(trials.map(({ speakers }) => speakers)) : chosen.speakers,
    neighbours: step * chosen.neighbours,
  };
}

/**
 * Numbers of neighbours to try, ascending, evenly spread.
 *
 * @see NeMo 2.7.3 `NMESC.getPvalueList`; torch's `linspace` in float32, from both ends to the middle
 */
export function neighbourNumbers(
  size: number,
  { maxNeighbourShare, searchSteps, neighbourShare }: EigengapSearchOptions,
): number[] {
  const most = (share: number): number => Math.max(Math.floor(Math.fround(size * share)), MIN_NEIGHBOURS);
  if (neighbourShare !== undefined) return [most(neighbourShare)];
  const last = most(maxNeighbourShare);
  const steps = Math.min(last, Math.max(Math.min(last, searchSteps), 2));
  const width = Math.fround((last - 1) / (steps - 1));
  return Array.from({ length: steps }, (_, index) =>
    index < Math.floor(steps / 2)
      ? Math.floor(Math.fround(1 + Math.fround(width * index)))
      : Math.floor(Math.fround(last - Math.fround(width * (steps - 1 - index)))),
  );
}

/** @returns undefined when its ratio cannot be `leastRatio` or less */
function tryNeighbours(
  graph: NeighbourGraph,
  neighbours: number,
  { maxSpeakers, leastRatio }: EigengapSearchOptions & { readonly leastRatio: number },
  onTick: (() => void) | undefined,
): EigengapTrial | undefined {
  const largestEigenvalue = findLargest(graph, { onTick });
  const share = neighbours / graph.size;
  // A ratio is rounded to float32, so one that comes out equal may be a little larger.
  const leastWidth = ((1 - RATIO_ROUNDING) * share * largestEigenvalue) / leastRatio;
  const gap = widestGap(graph, maxSpeakers, { onTick, leastWidth });
  if (gap === undefined) return undefined;
  const ratio = Math.fround(share / (gap.width / (largestEigenvalue + GUARD) + GUARD));
  return { neighbours, ratio, speakers: gap.groups, eigenvalues: gap.eigenvalues, largestEigenvalue };
}

function isConnected(graph: NeighbourGraph): boolean {
  return connectedParts(graph).count === 1;
}

/** The one after the first graph that hangs together; the last where none does. */
function afterConnected(graphs: readonly NeighbourGraph[]): number {
  const first = graphs.findIndex(isConnected);
  return first === -1 ? graphs.length - 1 : Math.min(first + 1, graphs.length - 1);
}

/** The value that is there most often, the smallest of equals. */
export function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = largestOf(counts.values());
  return smallestOf([...counts].filter(([, count]) => count === most).map(([value]) => value));
}
