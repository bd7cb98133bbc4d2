import type { DecodedFrame, FrameSource } from '../clock/decoded-frame.ts';

/**
 * Frames that ffmpeg has announced and whose samples are on their way; one reader, who asks again when it was answered.
 * Short: ffmpeg waits for its output to be read.
 */
export class FrameQueue implements FrameSource {
  readonly #frames: DecodedFrame[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  push(frame: DecodedFrame): void {
    this.#frames.push(frame);
    this.#wake?.();
  }

  /** No more frames will come. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async next(): Promise<DecodedFrame | undefined> {
    await this.#filled();
    return this.#frames.shift();
  }

  async peek(): Promise<DecodedFrame | undefined> {
    await this.#filled();
    return this.#frames[0];
  }

  async #filled(): Promise<void> {
    while (this.#frames.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
