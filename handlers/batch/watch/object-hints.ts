/** More hints than this are not kept: listing everything is cheaper then. */
const MOST_HINTS = 100_000;

/** Keys that somebody says are new, until they are looked at. Losing them loses nothing: a listing finds the same. */
export class ObjectHints {
  /** What a key may be, most likely first, by its first candidate. */
  readonly #hints = new Map<string, readonly string[]>();
  #wake: () => void = () => undefined;
  /** More came than were kept: everything is to be listed. */
  #overflowed = false;

  add(keyCandidates: readonly string[]): void {
    const [first] = keyCandidates;
    if (first === undefined) return;
    if (this.#hints.size >= MOST_HINTS) this.#overflowed = true;
    else this.#hints.set(first, keyCandidates);
    this.#wake();
  }

  /**
   * The next hint; `undefined` when everything is to be listed: at `untilMs`, or since too many came.
   *
   * @param untilMs on the clock of `Date.now`
   */
  async next(untilMs: number, signal: AbortSignal): Promise<readonly string[] | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const leftMs = untilMs - Date.now();
      if (this.#overflowed || leftMs <= 0) {
        this.#overflowed = false;
        this.#hints.clear();
        return undefined;
      }
      for (const [first, candidates] of this.#hints) {
        this.#hints.delete(first);
        return candidates;
      }
      await this.#woken(leftMs, signal);
    }
  }

  async #woken(mostMs: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, mostMs);
      this.#wake = wake;
      signal.addEventListener('abort', wake);
    });
  }
}
