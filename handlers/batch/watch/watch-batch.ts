import { defined } from '../../../core/defined.ts';
import type { BatchExecutor } from '../execute/batch-executor.ts';
import { layoutOf } from '../ends/batch-layout.ts';
import { BatchEnds, readEnds } from '../ends/read-ends.ts';
import { batchNameOf, workOf } from '../batch-plan.ts';
import type { BatchItem } from '../items/batch-item.ts';
import { planItems, type PlanOptions } from '../plan/plan-items.ts';
import { type BatchOptions, type OnItem, workOff } from '../run-batch.ts';
import type { ItemEvent } from '../run/run-items.ts';
import type { BatchSource } from '../sources/batch-source.ts';
import type { StoreSource } from '../sources/store-source.ts';
import type { ObjectHints } from './object-hints.ts';

export type WatchOptions = BatchOptions & {
  readonly source: StoreSource;
  /** Keys that events told of. */
  readonly hints: ObjectHints;
  /** Source and ends are listed anew so often: events may be lost, and are never needed. */
  readonly everySeconds: number;
};

/**
 * Works off what has no end yet, and goes on with what comes: events make a recording's turn come sooner, listings make
 * sure that it comes. Ends by `signal`, or with a fault that is not the recordings'.
 */
export async function watchBatch(
  options: WatchOptions,
  executor: BatchExecutor,
  onEvent: OnItem,
): Promise<void> {
  const watch = new Watch(options);
  await workOff(
    options,
    executor,
    (event, counts, rate) => {
      watch.ended(event);
      onEvent(event, counts, rate);
    },
    () => Promise.resolve({ items: watch.items(), outcome: () => undefined }),
  );
}

class Watch {
  readonly #options: WatchOptions;
  readonly #how: PlanOptions;
  #ends = new BatchEnds();
  /** Ids of items that were given out and have not ended. */
  readonly #inHand = new Set<string>();

  constructor(options: WatchOptions) {
    this.#options = options;
    const { plan, onProblem, shard } = options;
    this.#how = { work: workOf(plan), onProblem, ...defined({ shard }) };
  }

  async *items(): AsyncGenerator<BatchItem> {
    const { source, target, plan, hints, everySeconds, signal } = this.#options;
    const layout = layoutOf(target.prefix, batchNameOf(plan));
    for (;;) {
      this.#ends = await readEnds(target.store, layout, signal);
      yield* this.#new(source);
      const nextListingMs = Date.now() + everySeconds * 1000;
      for (;;) {
        const candidates = await hints.next(nextListingMs, signal);
        if (candidates === undefined) break;
        yield* this.#new(this.#hinted(candidates));
      }
    }
  }

  ended({ type, item }: ItemEvent): void {
    if (type === 'progress' || type === 'retry') return;
    this.#inHand.delete(item.id);
    this.#ends[type].add(item.id);
    // What took its place is a recording of its own.
    if (type === 'replaced') this.#options.hints.add([item.object.key]);
  }

  async *#new(source: BatchSource): AsyncGenerator<BatchItem> {
    const counts = { seen: 0, ended: 0, repeated: 0 };
    for await (const item of planItems(source, this.#ends, this.#how, counts, this.#options.signal)) {
      if (this.#inHand.has(item.id) || this.#ends.done.has(item.id)) continue;
      this.#inHand.add(item.id);
      yield item;
    }
  }

  /** What is there under the keys that an event may have meant. */
  #hinted(candidates: readonly string[]): BatchSource {
    const { source } = this.#options;
    return {
      description: source.description,
      async *entries(signal, onProblem) {
        const found = await Promise.all(candidates.map((key) => source.find(key, signal, onProblem)));
        yield found.filter((entry) => entry !== undefined);
      },
    };
  }
}
