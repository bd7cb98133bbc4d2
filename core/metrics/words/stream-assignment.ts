import { InvalidInputError } from '../../errors.ts';
import type { TokenStream } from './token-stream.ts';

/** The most cells that the exact search may fill: about 400 MB. */
const MOST_CELLS = 60_000_000;

/**
 * Assigns segments, in their order, to streams so that the streams' concatenated segments are reached with the fewest
 * edits: exact, by dynamic programming over the positions in all streams.
 *
 * The work is the number of words times the product of the streams' lengths, so it fits short recordings only;
 * `assignGreedily` serves long ones.
 *
 * @returns for each segment the index of its stream; ties: the lower index
 * @throws InvalidInputError `invalid_option` where the search would not fit into memory
 */
export function assignExactly(segments: readonly TokenStream[], streams: readonly TokenStream[]): number[] {
  if (streams.length === 0) return segments.map(() => 0);
  const sizes = streams.map((stream) => stream.tokens.length + 1);
  const stateCount = sizes.reduce((product, size) => product * size, 1);
  if (stateCount * (segments.length + 1) > MOST_CELLS) {
    throw new InvalidInputError(
      'invalid_option',
      `Expected at most ${MOST_CELLS} states for an exact assignment, got ${stateCount * (segments.length + 1)}; use the greedy one.`,
    );
  }
  const strides = sizes.map((_, index) => sizes.slice(0, index).reduce((product, size) => product * size, 1));
  let distances = startDistances(sizes, strides, stateCount);
  const choices: Choice[] = [];
  for (const segment of segments) {
    const choice = { stream: new Uint8Array(stateCount), origin: new Int32Array(stateCount) };
    distances = afterSegment(segment, streams, sizes, strides, distances, choice);
    choices.push(choice);
  }
  let state = stateCount - 1;
  return choices
    .toReversed()
    .map((choice) => {
      const stream = choice.stream[state]!;
      state = choice.origin[state]!;
      return stream;
    })
    .reverse();
}

/** Per state: which stream took the segment, and the state before it. */
type Choice = { readonly stream: Uint8Array; readonly origin: Int32Array };

/** Before any segment every word of a stream is an insertion. */
function startDistances(
  sizes: readonly number[],
  strides: readonly number[],
  stateCount: number,
): Int32Array {
  const distances = new Int32Array(stateCount);
  for (let state = 0; state < stateCount; state += 1) {
    for (let index = 0; index < sizes.length; index += 1) {
      distances[state]! += Math.floor(state / strides[index]!) % sizes[index]!;
    }
  }
  return distances;
}

/** Distances after a segment, each with the best stream for it. */
function afterSegment(
  segment: TokenStream,
  streams: readonly TokenStream[],
  sizes: readonly number[],
  strides: readonly number[],
  distances: Int32Array,
  choice: Choice,
): Int32Array {
  const best = new Int32Array(distances.length).fill(0x7fffffff);
  for (const [index, stream] of streams.entries()) {
    const [size, stride] = [sizes[index]!, strides[index]!];
    const line = new Int32Array(size);
    const origins = new Int32Array(size);
    for (let start = 0; start < distances.length; start += 1) {
      if (Math.floor(start / stride) % size !== 0) continue;
      for (let position = 0; position < size; position += 1) {
        line[position] = distances[start + position * stride]!;
        origins[position] = start + position * stride;
      }
      alignLine(segment, stream, line, origins);
      for (let position = 0; position < size; position += 1) {
        const state = start + position * stride;
        if (line[position]! >= best[state]!) continue;
        best[state] = line[position]!;
        choice.stream[state] = index;
        choice.origin[state] = origins[position]!;
      }
    }
  }
  return best;
}

/** Aligns a segment along one stream, in place: from the distance before each position to the one after. */
function alignLine(segment: TokenStream, stream: TokenStream, line: Int32Array, origins: Int32Array): void {
  for (let word = 0; word < segment.tokens.length; word += 1) {
    let diagonal = line[0]!;
    let diagonalOrigin = origins[0]!;
    line[0] = diagonal + 1;
    for (let position = 1; position < line.length; position += 1) {
      const above = line[position]!;
      const aboveOrigin = origins[position]!;
      const pair = pairCost(segment, word, stream, position - 1) + diagonal;
      if (pair <= above + 1 && pair <= line[position - 1]! + 1) {
        line[position] = pair;
        origins[position] = diagonalOrigin;
      } else if (line[position - 1]! < above) {
        line[position] = line[position - 1]! + 1;
        origins[position] = origins[position - 1]!;
      } else line[position] = above + 1;
      diagonal = above;
      diagonalOrigin = aboveOrigin;
    }
  }
}

/** 0 for equal words, 1 for others, Infinity where their times keep them apart. */
export function pairCost(
  a: TokenStream,
  indexA: number,
  b: TokenStream,
  indexB: number,
  substitutionCost = 1,
): number {
  if (a.times !== undefined && b.times !== undefined) {
    const [timeA, timeB] = [a.times[indexA]!, b.times[indexB]!];
    if (timeA.startSeconds >= timeB.endSeconds || timeB.startSeconds >= timeA.endSeconds) return Infinity;
  }
  return a.tokens[indexA] === b.tokens[indexB] ? 0 : substitutionCost;
}
