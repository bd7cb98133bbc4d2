/** What the plain level of a recording is, over all channels together. */
export type Levels = {
  /** 20 log10 of the root mean square; a sine at full scale has -3.01. Minus infinity for silence and for nothing. */
  readonly rmsDbfs: number;
  /** 20 log10 of the largest absolute sample. */
  readonly peakDbfs: number;
  /**
   * Mean absolute sample on the scale of 16-bit integers: the number that diglett calls `db`, which is linear.
   * It has its own name here because it is no level in decibels.
   */
  readonly meanAbsolute16Bit: number;
};

const INT16_SCALE = 32_768;

/** Measures levels block by block; the result does not depend on how the recording is cut. Samples are finite. */
export class LevelMeter {
  #count = 0;
  #squares = 0;
  #magnitudes = 0;
  #peak = 0;

  /** @param block samples of any channels in any order */
  push(block: Float32Array): void {
    for (let index = 0; index < block.length; index++) {
      const magnitude = Math.abs(block[index]!);
      this.#squares += magnitude * magnitude;
      this.#magnitudes += magnitude;
      if (magnitude > this.#peak) this.#peak = magnitude;
    }
    this.#count += block.length;
  }

  /** Levels of everything so far. */
  levels(): Levels {
    const count = Math.max(1, this.#count);
    return {
      rmsDbfs: 10 * Math.log10(this.#squares / count),
      peakDbfs: 20 * Math.log10(this.#peak),
      meanAbsolute16Bit: (INT16_SCALE * this.#magnitudes) / count,
    };
  }
}
