import { Changes } from '../../../core/changes.ts';

/** Bytes that come when they come, for one reader; whoever pushes can see how many wait. */
export class PushedBytes implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = [];
  #waiting = 0;
  #isOver = false;
  readonly #changes = new Changes();

  push(chunk: Uint8Array): void {
    if (this.#isOver || chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    this.#changes.tell();
  }

  end(): void {
    this.#isOver = true;
    this.#changes.tell();
  }

  get waitingBytes(): number {
    return this.#waiting;
  }

  /** Resolves when at most so many bytes wait, or nothing more comes. */
  async room(bytes: number): Promise<void> {
    while (this.#waiting > bytes && !this.#isOver) await this.#changes.next();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#waiting -= chunk.length;
        this.#changes.tell();
        yield chunk;
      } else if (this.#isOver) return;
      else await this.#changes.next();
    }
  }
}
