import type { AudioChunk } from '../audio-request.ts';

/** The child's end of pushed audio: chunks in the order in which they came, for one reader. */
export class PushedChunks implements AsyncIterable<AudioChunk> {
  readonly #chunks: AudioChunk[] = [];
  readonly #onTaken: () => void;
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  /** @param onTaken called for each chunk that the reader took, so that one more may be sent */
  constructor(onTaken: () => void) {
    this.#onTaken = onTaken;
  }

  push(chunk: AudioChunk): void {
    this.#chunks.push(chunk);
    this.#wake?.();
  }

  /** Ends the stream, with an error where its source failed. */
  end(failure?: Error): void {
    this.#ended = true;
    this.#failure = failure;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AudioChunk> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#onTaken();
        yield chunk;
      } else if (this.#failure !== undefined) {
        throw this.#failure;
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
  }
}
