import type { Segment } from '../../timeline/turns.ts';

/** What happens to a token of the reference or hypothesis. */
export type EditType = 'equal' | 'substitute' | 'delete' | 'insert';

/** A run of the same edit over [start, end) of both sides. */
export type EditRun = {
  readonly type: EditType;
  readonly referenceStart: number;
  readonly referenceEnd: number;
  readonly hypothesisStart: number;
  readonly hypothesisEnd: number;
};

/** Times that a pair of tokens must share to be matched or substituted; without them any pair may. */
export type TokenTimes = { readonly reference: readonly Segment[]; readonly hypothesis: readonly Segment[] };

/** How the best path reaches a cell. */
const DIAGONAL = 0;
const DELETE = 1;
const INSERT = 2;

/**
 * The cheapest way from reference to hypothesis by substitutions, deletions and insertions of cost 1.
 *
 * Among equally cheap ways it takes that of rapidfuzz (which jiwer uses): from the end, a deletion where one is best;
 * else an insertion where the distance without the reference token is larger; else the pair. Memory grows with the
 * hypothesis times the square root of the reference.
 *
 * @param reference token ids, equal where tokens are equal
 * @param times     pairs may match or substitute only where their times overlap strictly
 */
export function alignTokens(reference: Int32Array, hypothesis: Int32Array, times?: TokenTimes): EditRun[] {
  const { grid, start, referenceEnd } = gridOf(reference, hypothesis, times);
  const path = new RunCollector();
  for (
    let row = reference.length - 1, column = hypothesis.length - 1;
    row >= referenceEnd;
    row -= 1, column -= 1
  ) {
    path.add('equal', row, column);
  }
  grid.walkBack((type, row, column) => path.add(type, row + start, column + start));
  for (let index = start - 1; index >= 0; index -= 1) path.add('equal', index, index);
  return path.runs();
}

/** The cost of `alignTokens` without the way. */
export function editDistance(reference: Int32Array, hypothesis: Int32Array, times?: TokenTimes): number {
  return gridOf(reference, hypothesis, times).grid.distance();
}

/** The costs of what differs; where times count, equal ends are not passed over, since their times may keep them apart. */
function gridOf(reference: Int32Array, hypothesis: Int32Array, times: TokenTimes | undefined) {
  const [start, referenceEnd, hypothesisEnd] = times
    ? [0, reference.length, hypothesis.length]
    : differingSpan(reference, hypothesis);
  const grid = new EditGrid(
    reference.subarray(start, referenceEnd),
    hypothesis.subarray(start, hypothesisEnd),
    times,
  );
  return { grid, start, referenceEnd };
}

/** Token ids for words: equal words get equal ids over all calls of one numbering. */
export class TokenNumbering {
  private readonly ids = new Map<string, number>();

  idsOf(words: readonly string[]): Int32Array {
    return Int32Array.from(words, (word) => {
      const known = this.ids.get(word);
      if (known !== undefined) return known;
      this.ids.set(word, this.ids.size);
      return this.ids.size - 1;
    });
  }
}

/** Common start, and the ends before the common rest. */
function differingSpan(reference: Int32Array, hypothesis: Int32Array): [number, number, number] {
  const shorter = Math.min(reference.length, hypothesis.length);
  let start = 0;
  while (start < shorter && reference[start] === hypothesis[start]) start += 1;
  let [referenceEnd, hypothesisEnd] = [reference.length, hypothesis.length];
  while (
    referenceEnd > start &&
    hypothesisEnd > start &&
    reference[referenceEnd - 1] === hypothesis[hypothesisEnd - 1]
  ) {
    referenceEnd -= 1;
    hypothesisEnd -= 1;
  }
  return [start, referenceEnd, hypothesisEnd];
}

/** The table of distances between all starts of two sequences; rows are the reference. */
class EditGrid {
  private readonly reference: Int32Array;
  private readonly hypothesis: Int32Array;
  private readonly times: TokenTimes | undefined;
  /** Rows are kept, and their way later computed, in blocks of this many. */
  private readonly blockRows: number;

  constructor(reference: Int32Array, hypothesis: Int32Array, times: TokenTimes | undefined) {
    this.reference = reference;
    this.hypothesis = hypothesis;
    this.times = times;
    this.blockRows = Math.max(1, Math.ceil(Math.sqrt(reference.length)));
  }

  distance(): number {
    const row = this.firstRow();
    for (let index = 0; index < this.reference.length; index += 1) this.nextRow(row, index);
    return row[this.hypothesis.length]!;
  }

  /** Visits the edits of the best way from the last to the first, with the indices of their tokens. */
  walkBack(visit: (type: EditType, row: number, column: number) => void): void {
    const checkpoints = this.checkpoints();
    const width = this.hypothesis.length + 1;
    const ways = new Uint8Array(this.blockRows * width);
    let row = this.reference.length;
    let column = this.hypothesis.length;
    for (let block = checkpoints.length - 1; block >= 0; block -= 1) {
      const blockStart = block * this.blockRows;
      const distances = checkpoints[block]!;
      for (let index = blockStart; index < row; index += 1) {
        const offset = (index - blockStart) * width;
        this.nextRow(distances, index, ways.subarray(offset, offset + width));
      }
      while (row > blockStart) {
        const way = ways[(row - 1 - blockStart) * width + column]!;
        if (way !== INSERT) row -= 1;
        if (way !== DELETE) column -= 1;
        visit(this.typeOf(way, row, column), row, column);
      }
    }
    while (column > 0) {
      column -= 1;
      visit('insert', 0, column);
    }
  }

  private typeOf(way: number, row: number, column: number): EditType {
    if (way === DELETE) return 'delete';
    if (way === INSERT) return 'insert';
    return this.reference[row] === this.hypothesis[column] ? 'equal' : 'substitute';
  }

  /** The row of distances before each block. */
  private checkpoints(): Int32Array[] {
    const rows: Int32Array[] = [];
    const row = this.firstRow();
    for (let index = 0; index < this.reference.length; index += 1) {
      if (index % this.blockRows === 0) rows.push(row.slice());
      this.nextRow(row, index);
    }
    return rows;
  }

  private firstRow(): Int32Array {
    return Int32Array.from({ length: this.hypothesis.length + 1 }, (_, column) => column);
  }

  /** Overwrites the row of distances before a reference token with the one after it; `ways` gets how. */
  private nextRow(distances: Int32Array, index: number, ways?: Uint8Array): void {
    const { hypothesis, times } = this;
    const token = this.reference[index]!;
    const time = times?.reference[index];
    let diagonal = distances[0]!;
    distances[0] = diagonal + 1;
    if (ways) ways[0] = DELETE;
    for (let column = 1; column < distances.length; column += 1) {
      const above = distances[column]!;
      const left = distances[column - 1]!;
      const allowed = time === undefined || overlap(time, times!.hypothesis[column - 1]!);
      const pair = allowed ? diagonal + (token === hypothesis[column - 1] ? 0 : 1) : Infinity;
      const best = Math.min(above + 1, left + 1, pair);
      if (ways) {
        if (best === above + 1) ways[column] = DELETE;
        else ways[column] = best === left + 1 && (left < diagonal || best !== pair) ? INSERT : DIAGONAL;
      }
      distances[column] = best;
      diagonal = above;
    }
  }
}

/** Strict: intervals that only touch do not overlap. */
function overlap(a: Segment, b: Segment): boolean {
  return a.startSeconds < b.endSeconds && b.startSeconds < a.endSeconds;
}

/** Joins edits that come from the end into runs from the start. */
class RunCollector {
  private readonly reversed: EditRun[] = [];

  /** @param row,column the tokens of the edit; of a deletion only `row` counts, of an insertion only `column` */
  add(type: EditType, row: number, column: number): void {
    const last = this.reversed.at(-1);
    const run = {
      type,
      referenceStart: row,
      referenceEnd: type === 'insert' ? row : row + 1,
      hypothesisStart: column,
      hypothesisEnd: type === 'delete' ? column : column + 1,
    };
    if (last?.type !== type) {
      this.reversed.push(run);
      return;
    }
    const { referenceEnd, hypothesisEnd } = last;
    this.reversed[this.reversed.length - 1] = { ...run, referenceEnd, hypothesisEnd };
  }

  runs(): EditRun[] {
    return this.reversed.toReversed();
  }
}
