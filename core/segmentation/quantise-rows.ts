/** Weights in 8 bits. */
export type ByteWeights = {
  /** [matrices, columns, rows]: each matrix is turned, as the runtime wants it. */
  readonly bytes: Int8Array;
  /** [matrices, rows] */
  readonly scales: Float32Array;
};

const LARGEST = 127;

/**
 * Rounds each row to 8 bits with a scale of its own, evenly about zero.
 *
 * @param weights [matrices, rowCount, columns]
 */
export function quantiseRows(weights: Float32Array, columns: number, rowCount: number): ByteWeights {
  const bytes = new Int8Array(weights.length);
  const scales = new Float32Array(weights.length / columns);
  for (let row = 0; row < scales.length; row++) {
    const values = weights.subarray(row * columns, (row + 1) * columns);
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / LARGEST;
    scales[row] = scale;
    const matrix = Math.floor(row / rowCount) * rowCount * columns;
    for (let column = 0; column < columns; column++) {
      const rounded = scale === 0 ? 0 : Math.round(values[column]! / scale);
      bytes[matrix + column * rowCount + (row % rowCount)] = rounded;
    }
  }
  return { bytes, scales };
}
