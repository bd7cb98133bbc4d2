import { abortError, throwIfAborted } from '../errors.ts';

type Waiter = { readonly admit: () => void; readonly refuse: (error: Error) => void };

/** Admits so many at a time; the rest wait in order of arrival. */
export class Slots {
  #free: number;
  readonly #waiting = new Set<Waiter>();

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Waits for a slot.
   *
   * @throws CanceledError, or the reason of the signal, when it is aborted first
   */
  async acquire(signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    let waiter: Waiter | undefined;
    const onAbort = () => {
      this.#waiting.delete(waiter!);
      waiter!.refuse(abortError(signal!));
    };
    const admitted = new Promise<void>((resolve, reject) => {
      waiter = { admit: resolve, refuse: reject };
      this.#waiting.add(waiter);
    });
    signal?.addEventListener('abort', onAbort);
    await admitted.finally(() => signal?.removeEventListener('abort', onAbort));
  }

  /** Gives a slot back: to the first who waits, if any. */
  release(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next.admit();
  }

  /** Turns away everybody who waits. */
  refuseWaiting(error: Error): void {
    for (const waiter of this.#waiting) waiter.refuse(error);
    this.#waiting.clear();
  }
}
