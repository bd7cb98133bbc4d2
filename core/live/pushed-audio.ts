import { throwIfAborted } from '../errors.ts';

/**
 * Sound that somebody pushes and somebody else reads: blocks in the order in which they came, for one reader. `push`
 * resolves once so little waits that more may come.
 */
export class PushedAudio implements AsyncIterable<Float32Array> {
  readonly #maxWaitingSamples: number;
  readonly #signal: AbortSignal;
  readonly #blocks: Float32Array[] = [];
  #waitingSamples = 0;
  #isOver = false;
  #onChange: (() => void)[] = [];

  constructor(maxWaitingSamples: number, signal: AbortSignal) {
    this.#maxWaitingSamples = maxWaitingSamples;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#changed(), { once: true });
  }

  /** Samples that nobody has taken yet. */
  get waitingSamples(): number {
    return this.#waitingSamples;
  }

  /** @throws the reason of the signal */
  async push(block: Float32Array): Promise<void> {
    throwIfAborted(this.#signal);
    this.#blocks.push(block);
    this.#waitingSamples += block.length;
    this.#changed();
    while (this.#waitingSamples > this.#maxWaitingSamples) {
      await this.#nextChange();
      throwIfAborted(this.#signal);
    }
  }

  end(): void {
    this.#isOver = true;
    this.#changed();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Float32Array, void, undefined> {
    for (;;) {
      throwIfAborted(this.#signal);
      const block = this.#blocks.shift();
      if (block !== undefined) {
        this.#waitingSamples -= block.length;
        this.#changed();
        yield block;
      } else if (this.#isOver) return;
      else await this.#nextChange();
    }
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => this.#onChange.push(resolve));
  }

  #changed(): void {
    const waiting = this.#onChange;
    this.#onChange = [];
    for (const wake of waiting) wake();
  }
}
