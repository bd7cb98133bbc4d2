/** A tenth of a second at 16 kHz. */
export const FRAME_SAMPLES = 1600;

/** Samples of any count → frames of 16-bit samples. */
export class SampleFrames {
  readonly #onFrame: (frame: Int16Array<ArrayBuffer>) => void;
  #frame = new Int16Array(FRAME_SAMPLES);
  #filled = 0;

  constructor(onFrame: (frame: Int16Array<ArrayBuffer>) => void) {
    this.#onFrame = onFrame;
  }

  /** @param samples full scale 1; what is beyond it is clipped */
  push(samples: Float32Array): void {
    for (const sample of samples) {
      this.#frame[this.#filled++] = Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
      if (this.#filled === FRAME_SAMPLES) this.#send(this.#frame);
    }
  }

  #send(frame: Int16Array<ArrayBuffer>): void {
    this.#frame = new Int16Array(FRAME_SAMPLES);
    this.#filled = 0;
    this.#onFrame(frame);
  }
}
