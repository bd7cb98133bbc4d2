import { InputUnavailableError, InvalidInputError, isSpeechError, throwIfAborted } from '../errors.ts';

/**
 * Reads a stream of bytes in the pieces that a parser asks for, whatever pieces it arrives in.
 * One reader, one consumer; views that it returns are valid until the next call.
 */
export class ByteReader {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  #chunk: Uint8Array = new Uint8Array(0);
  #offset = 0;
  #ended = false;
  #pulling = false;

  /** @param source chunks may share one buffer: each is used up before the next is pulled */
  constructor(source: AsyncIterable<Uint8Array>, signal?: AbortSignal) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#signal = signal;
  }

  /** The next `count` bytes, without taking them; fewer only at the end of the stream. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#available() < count && !this.#ended) {
      const held = this.#chunk.slice(this.#offset);
      if (!(await this.#pull())) return held;
      this.#chunk = concatenate(held, this.#chunk);
    }
    return this.#chunk.subarray(this.#offset, this.#offset + count);
  }

  /** Takes the next `count` bytes; fewer only at the end of the stream. */
  async read(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count);
    this.#offset += bytes.length;
    return bytes;
  }

  /** Passes over `count` bytes; false when the stream ends first. */
  async skip(count: number): Promise<boolean> {
    let left = count;
    while (left > this.#available()) {
      left -= this.#available();
      if (!(await this.#pull())) return false;
    }
    this.#offset += left;
    return true;
  }

  /**
   * Takes as many whole units as are at hand, at least one and at most `maxBytes`.
   * At the end of the stream: what is left of a broken unit, then nothing.
   */
  async readUnits(unitBytes: number, maxBytes: number): Promise<Uint8Array> {
    if (this.#available() < unitBytes) await this.peek(unitBytes);
    const available = Math.min(this.#available(), maxBytes);
    const count = available < unitBytes ? available : available - (available % unitBytes);
    this.#offset += count;
    return this.#chunk.subarray(this.#offset - count, this.#offset);
  }

  /** Everything that was not taken yet, as a stream; copies, because a pipe keeps what it is given. */
  async *rest(): AsyncGenerator<Uint8Array> {
    do {
      if (this.#available() > 0) yield this.#chunk.slice(this.#offset);
      this.#offset = this.#chunk.length;
    } while (await this.#pull());
  }

  /** Ends the source. Never waits for a source that is stuck in the middle of a read. */
  async close(): Promise<void> {
    this.#ended = true;
    const returned = Promise.resolve(this.#iterator.return?.()).catch(() => undefined);
    if (!this.#pulling) await returned;
  }

  #available(): number {
    return this.#chunk.length - this.#offset;
  }

  /** Replaces the chunk by the next one that is not empty; false at the end, and then the chunk stays. */
  async #pull(): Promise<boolean> {
    throwIfAborted(this.#signal);
    while (!this.#ended) {
      const next = await this.#next();
      if (next.done === true) break;
      if (!(next.value instanceof Uint8Array)) {
        throw new InvalidInputError(
          'invalid_option',
          `An audio stream must yield bytes, got ${typeof next.value}.`,
        );
      }
      if (next.value.length === 0) continue;
      this.#chunk = next.value;
      this.#offset = 0;
      return true;
    }
    this.#ended = true;
    return false;
  }

  async #next(): Promise<IteratorResult<Uint8Array, unknown>> {
    this.#pulling = true;
    try {
      const next = await untilAborted(this.#iterator.next(), this.#signal);
      this.#pulling = false;
      return next;
    } catch (error) {
      // After an abort the source is still in the middle of its read: `#pulling` stays true and nobody waits for it.
      this.#pulling = this.#signal?.aborted === true;
      this.#ended = true;
      throwIfAborted(this.#signal);
      if (isSpeechError(error)) throw error;
      const message = 'The audio stream broke off with an error; send it again.';
      throw new InputUnavailableError('audio_unreachable', message, { cause: error });
    }
  }
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** The promise, or a rejection as soon as the signal is aborted. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Error('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
