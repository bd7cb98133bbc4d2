import { throwIfAborted } from '../../errors.ts';

/**
 * One recording for several readers that each go at their own pace: decoded once, every reader gets every block.
 *
 * The fastest waits once the slowest is `maxWaitingBlocks` behind, so that memory is bounded. A reader that stops early
 * no longer holds up the others; when all have stopped, or the signal is aborted, so does the source. Blocks are
 * shared: readers must not write into them.
 */
export function fanOut<Block>(
  blocks: AsyncIterable<Block>,
  count: number,
  maxWaitingBlocks: number,
  signal: AbortSignal,
): AsyncIterable<Block>[] {
  const source = new SharedSource(blocks, maxWaitingBlocks, signal);
  return Array.from({ length: count }, () => source.addReader());
}

type Reader<Block> = { readonly waiting: Block[] };

class SharedSource<Block> {
  readonly #source: AsyncIterator<Block, unknown>;
  readonly #maxWaiting: number;
  readonly #signal: AbortSignal;
  readonly #readers = new Set<Reader<Block>>();
  /** The fetch of the next block, for all who wait for it; stays once it has failed. */
  #pulling: Promise<void> | undefined;
  #isOver = false;
  /** Called whenever a reader has taken a block or left. */
  #onRoom: () => void = () => undefined;

  constructor(blocks: AsyncIterable<Block>, maxWaiting: number, signal: AbortSignal) {
    this.#source = blocks[Symbol.asyncIterator]();
    this.#maxWaiting = maxWaiting;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#onRoom(), { once: true });
  }

  addReader(): AsyncIterable<Block> {
    const reader: Reader<Block> = { waiting: [] };
    this.#readers.add(reader);
    return this.#read(reader);
  }

  async *#read(reader: Reader<Block>): AsyncGenerator<Block, void, undefined> {
    try {
      for (;;) {
        const block = reader.waiting.shift();
        if (block !== undefined) {
          this.#onRoom();
          yield block;
        } else if (this.#isOver) return;
        else await (this.#pulling ??= this.#pull());
      }
    } finally {
      this.#readers.delete(reader);
      this.#onRoom();
      if (this.#readers.size === 0) await this.#source.return?.();
    }
  }

  async #pull(): Promise<void> {
    while (!this.#signal.aborted && this.#isFull()) {
      await new Promise<void>((resolve) => (this.#onRoom = resolve));
    }
    if (this.#signal.aborted) await this.#source.return?.();
    throwIfAborted(this.#signal);
    const next = await this.#source.next();
    if (next.done === true) this.#isOver = true;
    else for (const reader of this.#readers) reader.waiting.push(next.value);
    this.#pulling = undefined;
  }

  #isFull(): boolean {
    return [...this.#readers].some(({ waiting }) => waiting.length >= this.#maxWaiting);
  }
}
