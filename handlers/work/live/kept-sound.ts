import { Changes } from '../../../core/changes.ts';

/**
 * What a session heard, to be heard again by a fresh engine when one dies: 16 kHz mono, as it was, for one reader at a
 * time. Blocks that a reader has are kept, up to a limit; beyond it a session cannot survive its engine any more.
 */
export class KeptSound {
  readonly #maxKeptSamples: number;
  readonly #blocks: Float32Array[] = [];
  #samples = 0;
  #isWhole = true;
  #isOver = false;
  #taken = 0;
  #waiting = 0;
  readonly #changes = new Changes();

  constructor(maxKeptSamples: number) {
    this.#maxKeptSamples = maxKeptSamples;
  }

  /** Whether all of it can be heard again. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Samples that no reader took yet. */
  get waitingSamples(): number {
    return this.#waiting;
  }

  push(block: Float32Array): void {
    this.#blocks.push(block);
    this.#samples += block.length;
    this.#waiting += block.length;
    if (this.#samples > this.#maxKeptSamples) this.#isWhole = false;
    this.#changes.tell();
  }

  end(): void {
    this.#isOver = true;
    this.#changes.tell();
  }

  /** Resolves when at most so many samples wait, or nothing more comes. */
  async room(samples: number): Promise<void> {
    while (this.#waiting > samples && !this.#isOver) await this.#changes.next();
  }

  /** From the beginning on; a reader that stopped must not go on. */
  async *read(): AsyncGenerator<Float32Array, void, undefined> {
    this.#taken = 0;
    this.#waiting = this.#blocks.reduce((sum, { length }) => sum + length, 0);
    for (;;) {
      if (!this.#isWhole && this.#taken > 0) {
        this.#blocks.splice(0, this.#taken);
        this.#taken = 0;
      }
      const block = this.#blocks[this.#taken];
      if (block !== undefined) {
        this.#taken += 1;
        this.#waiting -= block.length;
        this.#changes.tell();
        yield block;
      } else if (this.#isOver) return;
      else await this.#changes.next();
    }
  }
}
