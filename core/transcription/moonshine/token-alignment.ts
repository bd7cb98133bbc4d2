import { MEDIAN_FILTER_WIDTH, medianFilterRows, warpTime } from '../word-timing.ts';

/** Frames of a token: [firstFrame, endFrame); neighbours share the frame in which one ends and the next begins. */
export type TokenFrames = { readonly firstFrame: number; readonly endFrame: number };

/**
 * Collects what the decoder looked at while it made each token, and aligns tokens with encoder frames.
 *
 * Per token: every head's attention is standardised over the frames, median-filtered over time, and all are averaged.
 * Only this mean is kept, so that memory does not grow with heads.
 */
export class TokenAlignment {
  readonly #frameCount: number;
  readonly #rows: Float32Array[] = [];
  #filtered = new Float32Array();

  constructor(frameCount: number) {
    this.#frameCount = frameCount;
  }

  /**
   * Adds the next token.
   *
   * @param attentions one per layer, [heads, frames] in row-major order; overwritten
   */
  push(attentions: readonly Float32Array[]): void {
    const mean = new Float32Array(this.#frameCount);
    const headCount = attentions.reduce((sum, layer) => sum + layer.length / this.#frameCount, 0);
    for (const layer of attentions) {
      standardizeRows(layer, this.#frameCount);
      if (this.#filtered.length !== layer.length) this.#filtered = new Float32Array(layer.length);
      medianFilterRows(layer, this.#frameCount, MEDIAN_FILTER_WIDTH, this.#filtered);
      for (let index = 0; index < layer.length; index++) {
        mean[index % this.#frameCount]! += this.#filtered[index]! / headCount;
      }
    }
    this.#rows.push(mean);
  }

  /** The frames of each token, in order; together they cover all frames. */
  align(): TokenFrames[] {
    const cost = new Float32Array(this.#rows.length * this.#frameCount);
    this.#rows.forEach((row, token) => {
      for (let frame = 0; frame < row.length; frame++) cost[token * row.length + frame] = -row[frame]!;
    });
    const path = warpTime({ data: cost, rows: this.#rows.length, columns: this.#frameCount });
    const frames: TokenFrames[] = [];
    path.rows.forEach((token, step) => {
      const frame = path.columns[step]!;
      frames[token] = { firstFrame: frames[token]?.firstFrame ?? frame, endFrame: frame + 1 };
    });
    return frames;
  }
}

/** To mean 0 and biased standard deviation 1 in each row; a constant row becomes zeros. */
function standardizeRows(values: Float32Array, columns: number): void {
  for (let offset = 0; offset < values.length; offset += columns) {
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += values[offset + column]!;
    const mean = sum / columns;
    let squares = 0;
    for (let column = 0; column < columns; column++) squares += (values[offset + column]! - mean) ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares / columns) : 0;
    for (let column = 0; column < columns; column++)
      values[offset + column] = (values[offset + column]! - mean) * scale;
  }
}
