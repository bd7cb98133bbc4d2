import { samplesToSeconds } from '../../timeline/sliding-window.ts';
/** How loud the speech of a recording is, its pauses left out; computed while it is heard, in bounded memory. */

const FRAME_SAMPLES = 400;
const BINS_PER_DECIBEL = 4;
const LOWEST_DBFS = -120;
const BIN_COUNT = 121 * BINS_PER_DECIBEL;

/** Below is digital silence: it tells nothing of what pauses sound like. */
const SILENT_DBFS = -100;

/** Frames count as speech when they stand this far above the quietest tenth … */
const ABOVE_QUIETEST_DB = 10;
const QUIETEST_SHARE = 0.1;
/** … and not further than this below the loudest of them, a twentieth left out for bangs and clicks. */
const BELOW_LOUDEST_DB = 20;
const LOUDEST_SHARE = 0.05;
/** Louder than this above the loudest of them is no speech at all. */
const BANG_DB = 6;

/**
 * Mean power of 25 ms frames of speech.
 *
 * The quietest tenth of all frames tells what pauses sound like. So neither an hour of silence around two minutes of
 * speech nor a slammed door changes the level, and steady noise alone has none. Where pauses are digital silence, all
 * else may be speech.
 */
export class ActiveLevel {
  readonly #frames = new Float64Array(BIN_COUNT);
  /** Sum of the power of the frames in each bin. */
  readonly #power = new Float64Array(BIN_COUNT);
  #frameCount = 0;
  #sum = 0;
  #filled = 0;

  push(samples: Float32Array): void {
    for (const sample of samples) {
      this.#sum += sample * sample;
      this.#filled += 1;
      if (this.#filled === FRAME_SAMPLES) this.#closeFrame();
    }
  }

  /** Level and length of the speech so far; undefined where nothing stands out. */
  measure(): { readonly dbfs: number; readonly seconds: number } | undefined {
    const silent = (SILENT_DBFS - LOWEST_DBFS) * BINS_PER_DECIBEL;
    const above = this.#binAtShare(silent, QUIETEST_SHARE) + ABOVE_QUIETEST_DB * BINS_PER_DECIBEL;
    const hasSilence = this.#count(0, silent) >= QUIETEST_SHARE * this.#frameCount;
    const first = hasSilence && this.#count(above, BIN_COUNT) === 0 ? silent : above;
    const loudest = this.#binAtShare(first, 1 - LOUDEST_SHARE);
    if (loudest === -1) return undefined;
    let [frames, power] = [0, 0];
    const last = Math.min(BIN_COUNT - 1, loudest + BANG_DB * BINS_PER_DECIBEL);
    for (let bin = Math.max(first, loudest - BELOW_LOUDEST_DB * BINS_PER_DECIBEL); bin <= last; bin++) {
      frames += this.#frames[bin]!;
      power += this.#power[bin]!;
    }
    return { dbfs: 10 * Math.log10(power / frames), seconds: samplesToSeconds(frames * FRAME_SAMPLES) };
  }

  #closeFrame(): void {
    const power = this.#sum / FRAME_SAMPLES;
    const dbfs = 10 * Math.log10(power + 1e-12);
    const bin = Math.floor((dbfs - LOWEST_DBFS) * BINS_PER_DECIBEL);
    const inside = Math.min(BIN_COUNT - 1, Math.max(0, bin));
    this.#frames[inside]! += 1;
    this.#power[inside]! += power;
    this.#frameCount += 1;
    this.#sum = 0;
    this.#filled = 0;
  }

  /** Frames in the bins from `first` to `end`. */
  #count(first: number, end: number): number {
    let count = 0;
    for (let bin = first; bin < end; bin++) count += this.#frames[bin]!;
    return count;
  }

  /** The bin that a share of the frames from `first` on lie below or in; -1 without any. */
  #binAtShare(first: number, share: number): number {
    const total = this.#count(first, BIN_COUNT);
    let below = 0;
    for (let bin = first; bin < BIN_COUNT; bin++) {
      below += this.#frames[bin]!;
      if (below > 0 && below >= share * total) return bin;
    }
    return -1;
  }
}
