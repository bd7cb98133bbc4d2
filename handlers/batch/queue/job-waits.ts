import type { ExecutorFault } from '../execute/batch-executor.ts';

type Wait = { looks: number; wake: () => void };

/** Who waits for which job of a queue: to look at it when an event tells of it, or after a while. */
export class JobWaits {
  readonly #waits = new Map<string, Wait>();
  readonly #lookMs: number;
  readonly #faulty = new Set<(fault: ExecutorFault) => void>();
  #fault: ExecutorFault | undefined;

  constructor(lookMs: number) {
    this.#lookMs = lookMs;
  }

  /**
   * Begins to listen for a job.
   *
   * @returns waits until there is something to see that was not there `since`, a number of looks; gives the next one
   */
  open(id: string): (since: number, signal: AbortSignal) => Promise<number> {
    const wait: Wait = { looks: 0, wake: () => undefined };
    this.#waits.set(id, wait);
    return async (since, signal) => {
      if (wait.looks > since) return wait.looks;
      const woken = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#lookMs);
        wait.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      await this.orFault(woken, signal).finally(() => wait.wake());
      return wait.looks;
    };
  }

  close(id: string): void {
    this.#waits.delete(id);
  }

  /** Somebody tells of a job. */
  look(id: string): void {
    const wait = this.#waits.get(id);
    if (wait === undefined) return;
    wait.looks += 1;
    wait.wake();
  }

  /** Ends all waits, now and later. */
  fail(fault: ExecutorFault): void {
    this.#fault = fault;
    for (const reject of this.#faulty) reject(fault);
  }

  /** What is awaited, unless the queue cannot go on or nobody wants it any more. */
  async orFault<T>(awaited: Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#fault !== undefined) throw this.#fault;
    return new Promise<T>((resolve, reject) => {
      const stop = (): void => reject(signal.reason as Error);
      this.#faulty.add(reject);
      signal.addEventListener('abort', stop);
      awaited.then(resolve, reject).finally(() => {
        this.#faulty.delete(reject);
        signal.removeEventListener('abort', stop);
      });
    });
  }
}
