/** Dense row-major matrix: `data[row * columns + column]`. */
export type Matrix<T extends Float32Array | Float64Array = Float32Array> = {
  readonly data: T;
  readonly rows: number;
  readonly columns: number;
};

/** One row of a matrix as a view, not a copy. */
export function rowOf<T extends Float32Array | Float64Array>(matrix: Matrix<T>, row: number): T {
  return matrix.data.subarray(row * matrix.columns, (row + 1) * matrix.columns) as T;
}
