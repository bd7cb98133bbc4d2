import { indexOfLargest } from './extremes.ts';

/** Dense row-major matrix: `data[row * columns + column]`. */
export type Matrix<T extends Float32Array | Float64Array = Float32Array> = {
  readonly data: T;
  readonly rows: number;
  readonly columns: number;
};

/** A matrix in single or double precision, to read. */
export type AnyMatrix = Matrix<Float32Array | Float64Array>;

/** A matrix of zeros, in double. */
export function zeroMatrix(rows: number, columns: number): Matrix<Float64Array> {
  return { data: new Float64Array(rows * columns), rows, columns };
}

/** One row of a matrix as a view, not a copy. */
export function rowOf<T extends Float32Array | Float64Array>(matrix: Matrix<T>, row: number): T {
  return matrix.data.subarray(row * matrix.columns, (row + 1) * matrix.columns) as T;
}

/** Scalar product of row i of `a` and row j of `b`, accumulated in double. */
export function dotRows(a: AnyMatrix, i: number, b: AnyMatrix, j: number): number {
  const { columns } = a;
  const [startA, startB] = [i * columns, j * b.columns];
  let sum = 0;
  for (let k = 0; k < columns; k += 1) sum += a.data[startA + k]! * b.data[startB + k]!;
  return sum;
}

/** Adds `factor` times row j of `b` to row i of `a`. */
export function addScaledRow(
  a: Matrix<Float64Array>,
  i: number,
  factor: number,
  b: AnyMatrix,
  j: number,
): void {
  const { columns } = a;
  const [startA, startB] = [i * columns, j * b.columns];
  for (let k = 0; k < columns; k += 1) a.data[startA + k]! += factor * b.data[startB + k]!;
}

/** Divides every value of a row. */
export function divideRow({ data, columns }: Matrix<Float64Array>, row: number, divisor: number): void {
  for (let i = row * columns; i < (row + 1) * columns; i += 1) data[i]! /= divisor;
}

/** Column of the largest value of a row; the first of equals, and 0 where the first is NaN. */
export function argmaxRow({ data, columns }: AnyMatrix, row: number): number {
  return indexOfLargest(data, row * columns, (row + 1) * columns);
}
