/** Events that one side tells and one reader hears: what waits, waits here. Whoever bounds it looks at `waiting`. */
export class EventStream<Event> implements AsyncIterable<Event> {
  readonly #events: Event[] = [];
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  get waiting(): number {
    return this.#events.length;
  }

  tell(event: Event): void {
    if (this.#isOver) return;
    this.#events.push(event);
    this.#wake?.();
  }

  end(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event, void, undefined> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else if (this.#failure !== undefined) throw this.#failure.error;
      else if (this.#isOver) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
