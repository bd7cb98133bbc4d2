import type { DeskEvent } from './desk-job.ts';

/**
 * The events of one job, for any number of readers: each reads from where it is, and none holds the work up.
 *
 * Of progress only the latest is kept: whoever comes late wants to know how far the job is, not how it got there.
 */
export class EventLog {
  readonly #events: DeskEvent[];
  readonly #waiting = new Set<() => void>();
  #lastNumber: number;
  #isOver = false;

  constructor(events: readonly DeskEvent[] = [], isOver = false) {
    this.#events = [...events];
    this.#lastNumber = events.at(-1)?.number ?? 0;
    this.#isOver = isOver;
  }

  /** The number of the next event. */
  next(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  add(event: DeskEvent): void {
    if (isProgress(event)) {
      const old = this.#events.findIndex(isProgress);
      if (old >= 0) this.#events.splice(old, 1);
    }
    this.#events.push(event);
    this.#wakeAll();
  }

  /** Nothing comes after this. */
  end(): void {
    this.#isOver = true;
    this.#wakeAll();
  }

  get lastNumber(): number {
    return this.#lastNumber;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Events after a number that there are now. */
  since(number: number): readonly DeskEvent[] {
    return this.#events.filter((event) => event.number > number);
  }

  /** Events after a number, then those that come, until the job is over. */
  async *readAfter(number: number, signal: AbortSignal): AsyncGenerator<DeskEvent> {
    let last = number;
    for (;;) {
      signal.throwIfAborted();
      const event = this.#events.find((each) => each.number > last);
      if (event !== undefined) {
        last = event.number;
        yield event;
      } else if (this.#isOver) return;
      else await this.#change(signal);
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  #wakeAll(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

function isProgress(event: DeskEvent): boolean {
  return event.type === 'stream' && event.event.type === 'progress';
}
