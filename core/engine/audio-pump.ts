import { serializeError } from '../serialized-error.ts';
import type { AudioChunk } from './audio-request.ts';
import { PUSHED_CHUNKS_IN_FLIGHT, type ToEngine } from './messages.ts';

/** The parent's end of pushed audio: reads a stream and sends its chunks, never more than the child has room for. */
export class AudioPump {
  readonly #job: number;
  readonly #send: (message: ToEngine) => void;
  #room = PUSHED_CHUNKS_IN_FLIGHT;
  #stopped = false;
  #wake: (() => void) | undefined;

  constructor(job: number, send: (message: ToEngine) => void) {
    this.#job = job;
    this.#send = send;
  }

  /** Reads to the end of the stream, or until `stop`; a failing stream fails the job with the same error. */
  async run(chunks: AsyncIterable<AudioChunk>): Promise<void> {
    const job = this.#job;
    try {
      for await (const chunk of chunks) {
        while (this.#room === 0 && !this.#stopped)
          await new Promise<void>((resolve) => (this.#wake = resolve));
        if (this.#stopped) return;
        this.#room--;
        this.#send({ kind: 'audio', job, chunk });
      }
      this.#send({ kind: 'audio-end', job });
    } catch (error) {
      this.#send({ kind: 'audio-end', job, error: serializeError(error) });
    }
  }

  /** The child took a chunk. */
  taken(): void {
    this.#room++;
    this.#wake?.();
  }

  /** The job has ended: leaves the stream at its next chunk. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }
}
