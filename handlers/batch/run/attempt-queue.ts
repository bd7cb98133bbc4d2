import { setTimeout as delay } from 'node:timers/promises';
import { backOffDelayMs } from '../../../core/net/back-off.ts';
import type { BatchItem } from '../items/batch-item.ts';
import { smallestOf } from '../../../core/math/extremes.ts';

/** An item and how often it has been tried. */
export type Attempt = { readonly item: BatchItem; readonly number: number };

const WAITS = { firstDelayMs: 2_000, maxDelayMs: 120_000 };

/** New items as they are planned, and failed ones when their time has come. */
export class AttemptQueue {
  readonly #items: AsyncIterator<BatchItem>;
  readonly #waits: { readonly firstDelayMs: number; readonly maxDelayMs: number };
  #waiting: { readonly attempt: Attempt; readonly dueMs: number }[] = [];
  #planning: Promise<IteratorResult<BatchItem, unknown>> | undefined;
  #isPlanned = false;

  constructor(items: AsyncIterable<BatchItem>, waits: { firstDelayMs: number; maxDelayMs: number } = WAITS) {
    this.#items = items[Symbol.asyncIterator]();
    this.#waits = waits;
  }

  /** Tries an item again later: 2 s after its first failure, then twice as long each time. */
  again({ item, number }: Attempt): void {
    const waitMs = backOffDelayMs(number - 1, this.#waits, Math.random());
    this.#waiting.push({ attempt: { item, number: number + 1 }, dueMs: Date.now() + waitMs });
  }

  /** The next attempt; waits for those that are not due yet. `undefined` when nothing is left. */
  async next(signal: AbortSignal): Promise<Attempt | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const due = this.#takeDue();
      if (due !== undefined) return due;
      const item = await this.#nextItem();
      if (item !== undefined) return { item, number: 1 };
      if (this.#waiting.length === 0) return undefined;
      const firstMs = smallestOf(this.#waiting.map(({ dueMs }) => dueMs));
      await delay(Math.max(1, firstMs - Date.now()), undefined, { signal });
    }
  }

  #takeDue(): Attempt | undefined {
    const index = this.#waiting.findIndex(({ dueMs }) => dueMs <= Date.now());
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0]!.attempt;
  }

  /** Several workers may ask at once; the plan is read by one after the other. */
  async #nextItem(): Promise<BatchItem | undefined> {
    while (this.#planning !== undefined) await this.#planning;
    if (this.#isPlanned) return undefined;
    this.#planning = this.#items.next();
    try {
      const { done, value } = await this.#planning;
      if (done !== true) return value;
      this.#isPlanned = true;
      return undefined;
    } finally {
      this.#planning = undefined;
    }
  }
}
