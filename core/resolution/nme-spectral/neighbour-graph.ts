import { moveSmallestToFront } from '../../math/move-smallest.ts';
import type { Affinity } from './affinity.ts';

/** For each segment those most like it, itself among them, the nearest first. */
export type NeighbourRanking = {
  /** [size, depth] */
  readonly nearest: Int32Array;
  readonly size: number;
  /** How many are ranked. */
  readonly depth: number;
};

const floatWord = new Float32Array(1);
const integerWord = new Uint32Array(floatWord.buffer);

/**
 * Ranks the `depth` largest values of each row; the lower column of equals comes first (NeMo leaves that to an
 * unstable sort).
 */
export function rankNeighbours({ values, size }: Affinity, depth: number): NeighbourRanking {
  const kept = Math.min(size, depth);
  const nearest = new Int32Array(size * kept);
  // One number holds value and column, so that plain numbers are put in order.
  const keys = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      keys[column] = (2 ** 32 - 1 - orderedWord(values[row * size + column]!)) * size + column;
    }
    moveSmallestToFront(keys, kept);
    keys.subarray(0, kept).sort();
    for (let rank = 0; rank < kept; rank++) nearest[row * kept + rank] = keys[rank]! % size;
  }
  return { nearest, size, depth: kept };
}

/** 32 bits that grow with a float32: negative numbers count backwards. */
function orderedWord(value: number): number {
  floatWord[0] = value;
  const word = integerWord[0]!;
  return word & 0x80000000 ? ~word >>> 0 : (word | 0x80000000) >>> 0;
}

/**
 * An undirected graph of segments. Each entry of `targets` weighs a half; an edge that both ends chose is there twice.
 */
export type NeighbourGraph = {
  readonly size: number;
  /** Neighbours of segment i are `targets[offsets[i]]` up to before `targets[offsets[i + 1]]`. */
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
};

/** Weight of an entry of `targets`. */
export const HALF_EDGE = 0.5;

/**
 * Each segment is joined to its `count` nearest, itself included: so 1 gives a graph without edges. The diagonal is left
 * out, as the Laplacian ignores it.
 *
 * @see NeMo 2.7.3 `getAffinityGraphMat`
 */
export function joinNeighbours({ nearest, size, depth }: NeighbourRanking, count: number): NeighbourGraph {
  const offsets = new Int32Array(size + 1);
  const used = Math.min(count, depth);
  const forEachEdge = (visit: (from: number, to: number) => void): void => {
    for (let row = 0; row < size; row++) {
      for (let rank = 0; rank < used; rank++) {
        const other = nearest[row * depth + rank]!;
        if (other === row) continue;
        visit(row, other);
        visit(other, row);
      }
    }
  };
  forEachEdge((from) => (offsets[from + 1]! += 1));
  for (let row = 0; row < size; row++) offsets[row + 1]! += offsets[row]!;
  const targets = new Int32Array(offsets[size]!);
  const next = offsets.slice();
  forEachEdge((from, to) => (targets[next[from]!++] = to));
  return { size, offsets, targets };
}

/** The part that each segment is connected with: 0, 1, … by the first member. */
export function connectedParts({ size, offsets, targets }: NeighbourGraph): {
  partOf: Int32Array;
  count: number;
} {
  const partOf = new Int32Array(size).fill(-1);
  const waiting: number[] = [];
  let count = 0;
  for (let first = 0; first < size; first++) {
    if (partOf[first] !== -1) continue;
    partOf[first] = count;
    waiting.push(first);
    for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
      for (let k = offsets[row]!; k < offsets[row + 1]!; k++) {
        const other = targets[k]!;
        if (partOf[other] !== -1) continue;
        partOf[other] = count;
        waiting.push(other);
      }
    }
    count++;
  }
  return { partOf, count };
}
