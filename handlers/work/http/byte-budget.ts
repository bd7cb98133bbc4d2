/** So many bytes of bodies may be in memory at a time; who comes when it is full waits for its turn. */
export class ByteBudget {
  readonly #limitBytes: number;
  readonly #waiting: { readonly bytes: number; readonly enter: () => void }[] = [];
  #takenBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /**
   * Resolves when there is room, in the order of the calls, with the function that gives the room back. What is larger
   * than the whole budget has it alone.
   */
  async take(bytes: number): Promise<() => void> {
    const counted = Math.min(bytes, this.#limitBytes);
    if (this.#waiting.length > 0 || !this.#fits(counted)) {
      await new Promise<void>((resolve) => this.#waiting.push({ bytes: counted, enter: resolve }));
    } else this.#takenBytes += counted;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#takenBytes -= counted;
      this.#admit();
    };
  }

  #fits(bytes: number): boolean {
    return this.#takenBytes + bytes <= this.#limitBytes;
  }

  /** Counted before it runs on: nobody may come between. */
  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#takenBytes += next.bytes;
      next.enter();
    }
  }
}
