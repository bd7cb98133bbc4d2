import type { StreamEvent } from '../../sdk/wire.ts';

/** Events of a job for one reader, in order; of progress only the newest waits, so that nobody has to read. */
export class EventQueue {
  readonly #waiting: StreamEvent[] = [];
  #isOver = false;
  #wake = (): void => undefined;

  push(event: StreamEvent): void {
    const isNewerProgress = event.type === 'progress' && this.#waiting.at(-1)?.type === 'progress';
    if (isNewerProgress) this.#waiting.pop();
    this.#waiting.push(event);
    this.#wake();
  }

  /** Nothing comes after what waits now. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** @throws the reason of the signal */
  async *read(signal: AbortSignal): AsyncGenerator<StreamEvent, void> {
    const stop = (): void => this.#wake();
    signal.addEventListener('abort', stop);
    try {
      for (;;) {
        signal.throwIfAborted();
        const event = this.#waiting.shift();
        if (event !== undefined) yield event;
        else if (this.#isOver) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}
