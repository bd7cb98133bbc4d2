import { Changes } from '../../../core/changes.ts';

/**
 * What a session heard, to be heard again by a fresh engine when one dies: 16 kHz mono, as it was, for one reader at a
 * time. Blocks that a reader has are kept, up to a limit; beyond it a session cannot survive its engine any more.
 */
export class KeptSound {
  readonly #maxKeptSamples: number;
  readonly #blocks: (Float32Array | Int16Array)[] = [];
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
    this.#blocks.push(packed(block));
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
        yield unpacked(block);
      } else if (this.#isOver) return;
      else await this.#changes.next();
    }
  }
}

const SCALE = 32_768;

/** Half the memory for what came as 16 bits, to the last bit. */
function packed(block: Float32Array): Float32Array | Int16Array {
  const small = new Int16Array(block.length);
  for (let i = 0; i < block.length; i += 1) {
    const value = block[i]! * SCALE;
    small[i] = value;
    // -0 has no place in whole numbers.
    if (!Object.is(small[i]! / SCALE, block[i]!)) return block;
  }
  return small;
}

function unpacked(block: Float32Array | Int16Array): Float32Array {
  return block instanceof Int16Array ? Float32Array.from(block, (value) => value / SCALE) : block;
}
