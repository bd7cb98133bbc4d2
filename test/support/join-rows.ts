/** Rows of equal length as one row-major array. */
export function joinRows(rows: readonly (readonly number[])[]): Float32Array {
  return Float32Array.from(rows.flat());
}
