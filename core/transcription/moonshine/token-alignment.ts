import { alignmentOfHeads, warpTime } from '../word-timing.ts';

/** Frames of a token: [firstFrame, endFrame); neighbours share the frame in which one ends and the next begins. */
export type TokenFrames = { readonly firstFrame: number; readonly endFrame: number };

/**
 * Collects what the decoder looked at while it made each token, and aligns tokens with encoder frames.
 *
 * All heads of all layers take part. The four to eight heads that follow pauses best come 18 % closer to them, but move
 * borders by up to 1.2 s against the published way; pauses are taken out of words afterwards, by voice activity.
 */
export class TokenAlignment {
  readonly #frameCount: number;
  /** By token: [heads of all layers, frames]. */
  readonly #rows: Float32Array[] = [];

  constructor(frameCount: number) {
    this.#frameCount = frameCount;
  }

  /**
   * Adds the next token.
   *
   * @param attentions one per layer, [heads, frames] in row-major order, of the same heads each time
   */
  push(attentions: readonly Float32Array[]): void {
    const row = new Float32Array(attentions.reduce((sum, layer) => sum + layer.length, 0));
    let offset = 0;
    for (const layer of attentions) {
      row.set(layer, offset);
      offset += layer.length;
    }
    this.#rows.push(row);
  }

  /** The frames of each token, in order; together they cover all frames. */
  align(): TokenFrames[] {
    const matrix = alignmentOfHeads(this.#rows, this.#frameCount);
    const path = warpTime({ ...matrix, data: matrix.data.map((value) => -value) });
    const frames: TokenFrames[] = [];
    path.rows.forEach((token, step) => {
      const frame = path.columns[step]!;
      frames[token] = { firstFrame: frames[token]?.firstFrame ?? frame, endFrame: frame + 1 };
    });
    return frames;
  }
}
