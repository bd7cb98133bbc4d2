/** Requests that are held open until something happens about their subject, or their time is over. */
export class WaitingRoom {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Resolves on `call` of the subject, after `ms`, or when the signal is aborted. */
  wait(subject: string, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        const others = this.#waiting.get(subject);
        others?.delete(finish);
        if (others?.size === 0) this.#waiting.delete(subject);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      signal.addEventListener('abort', finish);
      const others = this.#waiting.get(subject) ?? new Set();
      this.#waiting.set(subject, others.add(finish));
    });
  }

  /** Ends the wait of all who wait for the subject. */
  call(subject: string): void {
    for (const finish of [...(this.#waiting.get(subject) ?? [])]) finish();
  }

  /** Ends the wait of the one who has waited longest. */
  callFirst(subject: string): void {
    const [first] = this.#waiting.get(subject) ?? [];
    first?.();
  }
}
