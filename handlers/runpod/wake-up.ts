/** Lets one loop sleep until something changes or some time has passed. */
export class WakeUp {
  #wake: (() => void) | undefined;
  #pending = false;

  /** Ends the present sleep, or the next one at once. */
  wake(): void {
    this.#pending = true;
    this.#wake?.();
  }

  /** Resolves on `wake`, or after `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.#pending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#wake = undefined;
    this.#pending = false;
  }
}
