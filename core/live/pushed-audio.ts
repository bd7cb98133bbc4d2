import { Changes } from '../changes.ts';
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
  readonly #changes = new Changes();

  constructor(maxWaitingSamples: number, signal: AbortSignal) {
    this.#maxWaitingSamples = maxWaitingSamples;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#changes.tell(), { once: true });
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
    this.#changes.tell();
    while (this.#waitingSamples > this.#maxWaitingSamples) {
      await this.#changes.next();
      throwIfAborted(this.#signal);
    }
  }

  end(): void {
    this.#isOver = true;
    this.#changes.tell();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Float32Array, void, undefined> {
    for (;;) {
      throwIfAborted(this.#signal);
      const block = this.#blocks.shift();
      if (block !== undefined) {
        this.#waitingSamples -= block.length;
        this.#changes.tell();
        yield block;
      } else if (this.#isOver) return;
      else await this.#changes.next();
    }
  }
}
