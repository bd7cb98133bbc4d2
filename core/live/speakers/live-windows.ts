import type { ChunkGeometry } from '../../embedding/speaker-encoder.ts';
import { SAMPLE_RATE } from '../../timeline/sliding-window.ts';

/** A window ends this often. */
export const LIVE_STEP_SAMPLES = SAMPLE_RATE / 2;

/** The first window ends here: less says too little. */
const FIRST_END_SAMPLE = SAMPLE_RATE;

/** The latest sound as one window; silence where nothing was heard yet. */
export type LiveWindow = { readonly samples: Float32Array; readonly endSample: number };

/** A window, and who is active in it. */
export type HeardWindow = LiveWindow & {
  readonly activity: Uint8Array;
  readonly geometry: ChunkGeometry;
};

/**
 * Windows that end every half second from the first second on. Before a whole one was heard it begins with silence, as
 * any recording may. (Silence behind the end would be another matter: the network would hear speech end there.)
 */
export class LiveWindows {
  readonly #samples: Float32Array;
  #heard = 0;
  #nextEnd = FIRST_END_SAMPLE;
  #stepSamples = LIVE_STEP_SAMPLES;

  constructor(windowSamples: number) {
    this.#samples = new Float32Array(windowSamples);
  }

  /** From now on a window ends this often. */
  endEvery(samples: number): void {
    this.#stepSamples = samples;
  }

  /** Windows that a block completes; each is a fresh array. */
  *push(block: Float32Array): Generator<LiveWindow> {
    for (let taken = 0; taken < block.length;) {
      const part = block.subarray(taken, taken + this.#nextEnd - this.#heard);
      this.#append(part);
      taken += part.length;
      if (this.#heard < this.#nextEnd) return;
      yield { samples: this.#samples.slice(), endSample: this.#heard };
      this.#nextEnd += this.#stepSamples;
    }
  }

  #append(part: Float32Array): void {
    const fitting = part.subarray(Math.max(0, part.length - this.#samples.length));
    this.#samples.copyWithin(0, fitting.length);
    this.#samples.set(fitting, this.#samples.length - fitting.length);
    this.#heard += part.length;
  }
}
