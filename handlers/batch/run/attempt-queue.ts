import { setTimeout as delay } from 'node:timers/promises';
import { steadyNow } from '../../../core/net/steady-now.ts';
import { Slots } from '../../../core/engine/slots.ts';
import { backOffDelayMs } from '../../../core/net/back-off.ts';
import type { BatchItem } from '../items/batch-item.ts';
import { smallestOf } from '../../../core/math/extremes.ts';

/** An item and how often it has been tried. */
export type Attempt = { readonly item: BatchItem; readonly number: number };

/** Nobody waits longer without looking again. */
const MOST_WAIT_MS = 60_000;

const WAITS = { firstDelayMs: 2_000, maxDelayMs: 120_000 };

/** New items as they are planned, and failed ones when their time has come. */
export class AttemptQueue {
  readonly #items: AsyncIterator<BatchItem>;
  readonly #waits: { readonly firstDelayMs: number; readonly maxDelayMs: number };
  #waiting: { readonly attempt: Attempt; readonly dueMs: number }[] = [];
  #planning: Promise<IteratorResult<BatchItem, unknown>> | undefined;
  #isPlanned = false;
  /** One looks at a time, since a queue's submitter has thousands who wait. */
  readonly #looks = new Slots(1);
  /** Has whoever waits look again. */
  #wake: () => void = () => undefined;

  constructor(items: AsyncIterable<BatchItem>, waits: { firstDelayMs: number; maxDelayMs: number } = WAITS) {
    this.#items = items[Symbol.asyncIterator]();
    this.#waits = waits;
  }

  /** Tries an item again later: 2 s after its first failure, then twice as long each time. */
  again({ item, number }: Attempt): void {
    const waitMs = backOffDelayMs(number - 1, this.#waits, Math.random());
    this.#waiting.push({ attempt: { item, number: number + 1 }, dueMs: steadyNow() + waitMs });
    this.#wake();
  }

  /**
   * The next attempt, a repeated one before a new one; waits for what is not due or not planned yet. `undefined` when
   * nothing is left.
   */
  async next(signal: AbortSignal): Promise<Attempt | undefined> {
    await this.#looks.acquire(signal);
    try {
      return await this.#next(signal);
    } finally {
      this.#looks.release();
    }
  }

  async #next(signal: AbortSignal): Promise<Attempt | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const due = this.#takeDue();
      if (due !== undefined) return due;
      if (this.#isPlanned && this.#waiting.length === 0) return undefined;
      const planning = this.#isPlanned ? undefined : (this.#planning ??= this.#items.next());
      const planned = await this.#beforeNextDue(planning, signal);
      if (planned === undefined) continue;
      this.#planning = undefined;
      if (planned.done !== true) return { item: planned.value, number: 1 };
      this.#isPlanned = true;
    }
  }

  #takeDue(): Attempt | undefined {
    const index = this.#waiting.findIndex(({ dueMs }) => dueMs <= steadyNow());
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0]!.attempt;
  }

  /**
   * What the plan gives, unless an attempt is due before, or one is to be repeated meanwhile: a plan that watches may
   * give nothing for hours.
   */
  async #beforeNextDue(
    planning: Promise<IteratorResult<BatchItem, unknown>> | undefined,
    signal: AbortSignal,
  ): Promise<IteratorResult<BatchItem, unknown> | undefined> {
    const over = new AbortController();
    const firstMs = smallestOf([...this.#waiting.map(({ dueMs }) => dueMs), steadyNow() + MOST_WAIT_MS]);
    const due = delay(Math.max(1, firstMs - steadyNow()), undefined, {
      signal: AbortSignal.any([signal, over.signal]),
    });
    const repeated = new Promise<undefined>((resolve) => (this.#wake = () => resolve(undefined)));
    try {
      return await Promise.race([due, repeated, ...(planning === undefined ? [] : [planning])]);
    } finally {
      due.catch(() => undefined);
      over.abort();
    }
  }
}
