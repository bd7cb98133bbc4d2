import { InvalidInputError } from '../errors.ts';
import type { Matrix } from './matrix.ts';

/** What `assignLinear` looks for. */
export type AssignLinearOptions = {
  /** `true`: the largest total; -Infinity then forbids an entry. */
  readonly maximize?: boolean;
};

export const DEFAULT_ASSIGN_LINEAR_OPTIONS = Object.freeze({ maximize: false }) satisfies AssignLinearOptions;

/**
 * Finds the one-to-one assignment of rows to columns with the smallest (or largest) total, exactly.
 *
 * All rows are assigned when there are at most as many rows as columns, else all columns are. Equal totals: the
 * result is that of `scipy.optimize.linear_sum_assignment`, whose scan order is kept here (columns from the last to
 * the first, a free column before a taken one), so a constant matrix gives the identity.
 *
 * @param cost [rows, columns]; Infinity forbids an entry (-Infinity where `maximize`)
 * @returns for each row its column, or -1 where the row has none
 * @throws InvalidInputError `invalid_option` for NaN, for the infinity of the wrong sign, and where the forbidden
 *   entries leave no full assignment
 * @see D. F. Crouse, "On implementing 2D rectangular assignment algorithms", IEEE TAES 52(4), 2016 (shortest
 *   augmenting paths; rows × rows × columns steps at most)
 */
export function assignLinear(cost: Matrix<Float64Array>, options: AssignLinearOptions = {}): Int32Array {
  const { maximize } = { ...DEFAULT_ASSIGN_LINEAR_OPTIONS, ...options };
  const rowToColumn = new Int32Array(cost.rows).fill(-1);
  if (cost.rows === 0 || cost.columns === 0) return rowToColumn;

  const transposed = cost.columns < cost.rows;
  const search = new AugmentingPathSearch(minimisationProblem(cost, transposed, maximize));
  const shortToLong = search.assignAll();
  if (!transposed) return shortToLong;
  for (let column = 0; column < cost.columns; column += 1) rowToColumn[shortToLong[column]!] = column;
  return rowToColumn;
}

/** The same problem as a minimisation with at most as many rows as columns, its entries checked. */
function minimisationProblem(
  cost: Matrix<Float64Array>,
  transposed: boolean,
  maximize: boolean,
): Matrix<Float64Array> {
  const { rows, columns } = cost;
  const data = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const value = cost.data[row * columns + column]!;
      const signed = maximize ? -value : value;
      if (Number.isNaN(signed) || signed === -Infinity) {
        throw new InvalidInputError(
          'invalid_option',
          `Expected assignment costs that are finite or ${maximize ? '-Infinity' : 'Infinity'} (forbidden), got ${value} at row ${row}, column ${column}.`,
        );
      }
      data[transposed ? column * rows + row : row * columns + column] = signed;
    }
  }
  return transposed ? { data, rows: columns, columns: rows } : { data, rows, columns };
}

/** Buffers and dual variables of one problem; names follow Crouse 2016, algorithm 1. */
class AugmentingPathSearch {
  private readonly cost: Matrix<Float64Array>;
  private readonly rowDual: Float64Array;
  private readonly columnDual: Float64Array;
  private readonly pathCost: Float64Array;
  private readonly path: Int32Array;
  private readonly rowToColumn: Int32Array;
  private readonly columnToRow: Int32Array;
  private readonly rowVisited: Uint8Array;
  private readonly columnVisited: Uint8Array;
  private readonly remaining: Int32Array;

  constructor(cost: Matrix<Float64Array>) {
    const { rows, columns } = cost;
    this.cost = cost;
    this.rowDual = new Float64Array(rows);
    this.columnDual = new Float64Array(columns);
    this.pathCost = new Float64Array(columns);
    this.path = new Int32Array(columns).fill(-1);
    this.rowToColumn = new Int32Array(rows).fill(-1);
    this.columnToRow = new Int32Array(columns).fill(-1);
    this.rowVisited = new Uint8Array(rows);
    this.columnVisited = new Uint8Array(columns);
    this.remaining = new Int32Array(columns);
  }

  assignAll(): Int32Array {
    for (let row = 0; row < this.cost.rows; row += 1) {
      const { sink, length } = this.shortestPathFrom(row);
      this.updateDuals(row, length);
      this.augment(row, sink);
    }
    return this.rowToColumn;
  }

  /** Dijkstra over reduced costs from an unassigned row to the nearest free column. */
  private shortestPathFrom(startRow: number): { sink: number; length: number } {
    const { columns, data } = this.cost;
    const { rowDual, columnDual, pathCost, path, columnToRow, remaining } = this;
    // From last to first: ties then fall as in scipy.
    for (let i = 0; i < columns; i += 1) remaining[i] = columns - 1 - i;
    let remainingCount = columns;
    this.rowVisited.fill(0);
    this.columnVisited.fill(0);
    pathCost.fill(Infinity);

    let row = startRow;
    let length = 0;
    for (;;) {
      this.rowVisited[row] = 1;
      let lowest = Infinity;
      let lowestIndex = -1;
      for (let i = 0; i < remainingCount; i += 1) {
        const column = remaining[i]!;
        const reduced = length + data[row * columns + column]! - rowDual[row]! - columnDual[column]!;
        if (reduced < pathCost[column]!) {
          path[column] = row;
          pathCost[column] = reduced;
        }
        const cost = pathCost[column]!;
        if (cost < lowest || (cost === lowest && columnToRow[column] === -1)) {
          lowest = cost;
          lowestIndex = i;
        }
      }
      if (lowest === Infinity) {
        throw new InvalidInputError('invalid_option', 'The forbidden entries leave no full assignment.');
      }
      length = lowest;
      const column = remaining[lowestIndex]!;
      this.columnVisited[column] = 1;
      remainingCount -= 1;
      remaining[lowestIndex] = remaining[remainingCount]!;
      if (columnToRow[column] === -1) return { sink: column, length };
      row = columnToRow[column]!;
    }
  }

  /** Keeps every reduced cost non-negative, and zero along assigned pairs. */
  private updateDuals(startRow: number, length: number): void {
    for (let row = 0; row < this.cost.rows; row += 1) {
      if (row === startRow) this.rowDual[row]! += length;
      else if (this.rowVisited[row]) this.rowDual[row]! += length - this.pathCost[this.rowToColumn[row]!]!;
    }
    for (let column = 0; column < this.cost.columns; column += 1) {
      if (this.columnVisited[column]) this.columnDual[column]! -= length - this.pathCost[column]!;
    }
  }

  /** Flips the path: each row on it takes the column behind it. */
  private augment(startRow: number, sink: number): void {
    let column = sink;
    for (;;) {
      const row = this.path[column]!;
      this.columnToRow[column] = row;
      const previous = this.rowToColumn[row]!;
      this.rowToColumn[row] = column;
      if (row === startRow) return;
      column = previous;
    }
  }
}
