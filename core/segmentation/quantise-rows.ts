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
    const start = row * columns;
    let most = 0;
    for (let column = 0; column < columns; column++)
      most = Math.max(most, Math.abs(weights[start + column]!));
    const scale = most / LARGEST;
    scales[row] = scale;
    if (scale === 0) continue;
    const turned = Math.floor(row / rowCount) * rowCount * columns + (row % rowCount);
    for (let column = 0; column < columns; column++)
      bytes[turned + column * rowCount] = Math.round(weights[start + column]! / scale);
  }
  return { bytes, scales };
}
