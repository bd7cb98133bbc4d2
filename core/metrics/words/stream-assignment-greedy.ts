import { pairCost } from './stream-assignment.ts';
import type { TokenStream } from './token-stream.ts';

/** Sweeps after which an assignment that still changes is taken as it is; a few are usual. */
const MOST_SWEEPS = 49;

/**
 * Assigns segments to streams with few edits by moving one segment at a time: not always the fewest, but fast.
 *
 * Two rounds, with substitutions of cost 2 and then 1, each until no move helps, as meeteval does.
 *
 * @param start the stream of each segment to begin with
 * @see T. von Neumann et al., "Word Error Rate Definitions and Algorithms for Long-Form Multi-talker Speech
 *   Recognition", IEEE TASLP 2025
 */
export function assignGreedily(
  segments: readonly TokenStream[],
  streams: readonly TokenStream[],
  start: readonly number[],
): number[] {
  let assignment = [...start];
  if (streams.length === 0 || segments.length === 0) return assignment;
  for (const substitutionCost of [2, 1]) {
    for (let sweep = 0; sweep < MOST_SWEEPS; sweep += 1) {
      const next = sweepOnce(segments, streams, assignment, substitutionCost);
      const changed = next.some((stream, index) => stream !== assignment[index]);
      assignment = next;
      if (!changed) break;
    }
  }
  return assignment;
}

/** Goes through the segments and moves each to the stream where it adds least. */
function sweepOnce(
  segments: readonly TokenStream[],
  streams: readonly TokenStream[],
  assignment: readonly number[],
  substitutionCost: number,
): number[] {
  // Distances from each segment border of a stream to its end, and from its start to where the sweep is.
  const ahead = streams.map((stream, index) =>
    distancesToEnd(
      segments.filter((_, segment) => assignment[segment] === index),
      stream,
      substitutionCost,
    ),
  );
  const passed = streams.map(() => 0);
  const behind: Int32Array[] = streams.map((stream) =>
    Int32Array.from({ length: stream.tokens.length + 1 }, (_, index) => index),
  );
  const costs = ahead.map((columns) => columns[0]![0]!);

  return segments.map((segment, segmentIndex) => {
    const current = assignment[segmentIndex]!;
    const options = streams.map((stream, index) => {
      const column = extended(behind[index]!, stream, segment, substitutionCost);
      const columns = ahead[index]!;
      const own = index === current;
      const withSegment = own ? costs[index]! : joinedCost(column, columns[passed[index]!]!);
      const without = own ? joinedCost(behind[index]!, columns[passed[index]! + 1]!) : costs[index]!;
      return { column, withSegment, without, added: withSegment - without };
    });
    let best = 0;
    for (let index = 1; index < options.length; index += 1) {
      if (options[index]!.added < options[best]!.added) best = index;
    }
    // A move that gains nothing is none: an assignment that is best stays as it is.
    if (options[best]!.added === options[current]!.added) best = current;
    behind[best] = options[best]!.column;
    passed[current]! += 1;
    if (best !== current) {
      costs[best] = options[best]!.withSegment;
      costs[current] = options[current]!.without;
    }
    return best;
  });
}

/** Edits from each position of the stream to its end for the segments from the first, second … on, and for none. */
function distancesToEnd(
  segments: readonly TokenStream[],
  stream: TokenStream,
  substitutionCost: number,
): Int32Array[] {
  const backwards = reversed(stream);
  let column: Int32Array = Int32Array.from({ length: stream.tokens.length + 1 }, (_, index) => index);
  const columns = [column.toReversed()];
  for (const segment of segments.toReversed()) {
    column = extended(column, backwards, reversed(segment), substitutionCost);
    columns.push(column.toReversed());
  }
  return columns.reverse();
}

/** The column of distances after the words of a segment. */
function extended(
  column: Int32Array,
  stream: TokenStream,
  segment: TokenStream,
  substitutionCost: number,
): Int32Array {
  const distances = column.slice();
  for (let word = 0; word < segment.tokens.length; word += 1) {
    let diagonal = distances[0]!;
    distances[0] = diagonal + 1;
    for (let position = 1; position < distances.length; position += 1) {
      const above = distances[position]!;
      const pair = diagonal + pairCost(segment, word, stream, position - 1, substitutionCost);
      distances[position] = Math.min(above + 1, distances[position - 1]! + 1, pair);
      diagonal = above;
    }
  }
  return distances;
}

function joinedCost(before: Int32Array, after: Int32Array): number {
  let least = Infinity;
  for (let index = 0; index < before.length; index += 1)
    least = Math.min(least, before[index]! + after[index]!);
  return least;
}

function reversed({ tokens, times }: TokenStream): TokenStream {
  return { tokens: tokens.toReversed(), times: times === undefined ? undefined : times.toReversed() };
}
