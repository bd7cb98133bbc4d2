import { setMaxListeners } from 'node:events';
import { InvariantError, type SpeechError } from '../../../core/errors.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';
import { type EndWriter, letterOf } from '../ends/end-writer.ts';
import { type BatchExecutor, ExecutorFault, type ReadyItem } from '../execute/batch-executor.ts';
import type { BatchItem } from '../items/batch-item.ts';
import { attemptItem, DEFAULT_STALL_SECONDS } from './attempt-item.ts';
import { AttemptQueue, type Attempt } from './attempt-queue.ts';
import type { BatchCounts, BatchRate } from './batch-counts.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { failureClassOf, mayPass } from './failure-class.ts';

/** An item is given up after so many attempts. */
export const DEFAULT_ATTEMPTS = 5;

export type RunItemsOptions = {
  readonly executor: BatchExecutor;
  readonly ends: EndWriter;
  readonly counts: BatchCounts;
  readonly rate: BatchRate;
  /** Names this machine in end objects. */
  readonly worker: string;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onEvent: (event: ItemEvent) => void;
  /** @default 5 */
  readonly attempts?: number;
  /** @default 900 s */
  readonly stallSeconds?: number;
  /** Waits between attempts; tests shorten them. */
  readonly waits?: { readonly firstDelayMs: number; readonly maxDelayMs: number };
};

/** What happens to items, for people and programs. */
export type ItemEvent =
  | { readonly type: 'done'; readonly item: BatchItem; readonly audioSeconds: number }
  | { readonly type: 'retry' | 'dead'; readonly item: BatchItem; readonly failure: SpeechError }
  | { readonly type: 'replaced'; readonly item: BatchItem }
  | { readonly type: 'progress'; readonly item: BatchItem; readonly stage: string };

/**
 * Works off items: each ends with exactly one object, whatever fails on the way.
 *
 * @throws SpeechError of a fault that is not the items': nothing is blamed on them, and the same command goes on later
 */
export async function runItems(items: AsyncIterable<BatchItem>, options: RunItemsOptions): Promise<void> {
  const run = new ItemRun(items, options);
  await run.toTheEnd();
}

/** For an item whose result is there: neither audio nor models are needed to write its files. */
const NOTHING_TO_RUN: ReadyItem = {
  run: () => Promise.reject(new InvariantError('An item with a result is not run again.')),
  dispose: () => Promise.resolve(),
};

class ItemRun {
  readonly #options: RunItemsOptions;
  readonly #queue: AttemptQueue;
  readonly #breaker = new CircuitBreaker<Attempt>();
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;

  constructor(items: AsyncIterable<BatchItem>, options: RunItemsOptions) {
    this.#options = options;
    this.#queue = new AttemptQueue(items, options.waits);
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    // A queue's submitter waits for thousands of items at once.
    setMaxListeners(0, this.#signal);
  }

  async toTheEnd(): Promise<void> {
    const workers = Array.from({ length: this.#options.executor.concurrency }, () => this.#work());
    const settled = await Promise.allSettled(workers);
    // The reason why everything was stopped comes before those of workers that were stopped by it.
    if (this.#stop.signal.aborted) throw this.#stop.signal.reason;
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    for (const { item, failure } of this.#breaker.release()) await this.#bury(item, failure);
  }

  /** One place: while an item is worked on, the recording of the next is fetched. */
  async #work(): Promise<void> {
    try {
      let upcoming = this.#take();
      for (;;) {
        const current = await upcoming;
        if (current === undefined) return;
        upcoming = this.#take();
        // Told when it is awaited.
        upcoming.catch(() => undefined);
        try {
          await this.#attempt(current.attempt, current.ready);
        } catch (error) {
          await (await upcoming.catch(() => undefined))?.ready.dispose();
          throw error;
        } finally {
          await current.ready.dispose();
        }
        // An item that failed may be all that is left: it was not there when the next was asked for.
        const next = await upcoming;
        upcoming = next === undefined ? this.#take() : Promise.resolve(next);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#stop.abort(error);
      throw error;
    }
  }

  async #take(): Promise<{ readonly attempt: Attempt; readonly ready: ReadyItem } | undefined> {
    const attempt = await this.#queue.next(this.#signal);
    if (attempt === undefined) return undefined;
    if (attempt.number === 1) {
      this.#options.counts.planned += 1;
      this.#options.counts.bytesPlanned += attempt.item.object.sizeBytes;
    }
    const { executor } = this.#options;
    const ready = attempt.item.hasResult ? NOTHING_TO_RUN : executor.prepare(attempt.item, this.#signal);
    return { attempt, ready };
  }

  async #attempt(attempt: Attempt, ready: ReadyItem): Promise<void> {
    const { counts } = this.#options;
    counts.running += 1;
    try {
      await this.#toItsEnd(attempt, ready);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (error instanceof ExecutorFault) throw error.failure;
      await this.#failed(attempt, error);
    } finally {
      counts.running -= 1;
    }
  }

  async #toItsEnd(attempt: Attempt, ready: ReadyItem): Promise<void> {
    const { ends, executor, now, worker, onEvent } = this.#options;
    const { item } = attempt;
    const stallSeconds = this.#options.stallSeconds ?? DEFAULT_STALL_SECONDS;
    const end = await attemptItem(attempt, ready, {
      ends,
      worker,
      now,
      signal: this.#signal,
      stallSeconds: executor.watchesAttempts === true ? Infinity : stallSeconds,
      onStage: (stage) => onEvent({ type: 'progress', item, stage }),
    });
    if (end.ended === 'dead') {
      this.#dead(item, end.failure);
      return;
    }
    if (end.ended === 'replaced') {
      this.#replaced(item);
      return;
    }
    this.#done(item, end.audioSeconds);
    await this.#releaseHeld();
  }

  async #failed(attempt: Attempt, error: unknown): Promise<void> {
    const { ends } = this.#options;
    const { item } = attempt;
    const failure = toSpeechError(error);
    const kind = failureClassOf(error, failure);
    if (kind === 'systemic') {
      const common = this.#breaker.fail(attempt, failure);
      if (common !== undefined) throw common;
      return;
    }
    await this.#releaseHeld();
    if (kind === 'permanent') await this.#bury(attempt, failure);
    else if (kind === 'transient') await this.#againOrBury(attempt, failure);
    else {
      await ends.replaced(item, this.#signal);
      this.#replaced(item);
    }
  }

  /** Others get on, so those held back failed by themselves. */
  async #releaseHeld(): Promise<void> {
    for (const { item, failure } of this.#breaker.release()) {
      if (mayPass(failure)) await this.#againOrBury(item, failure);
      else await this.#bury(item, failure);
    }
  }

  async #againOrBury(attempt: Attempt, failure: SpeechError): Promise<void> {
    const { counts, onEvent, attempts = DEFAULT_ATTEMPTS } = this.#options;
    if (attempt.number >= attempts) return this.#bury(attempt, failure);
    counts.retried += 1;
    onEvent({ type: 'retry', item: attempt.item, failure });
    this.#queue.again(attempt);
  }

  async #bury(attempt: Attempt, failure: SpeechError): Promise<void> {
    await this.#options.ends.fail(attempt.item, letterOf(attempt, failure), this.#signal);
    this.#dead(attempt.item, failure);
  }

  #done(item: BatchItem, audioSeconds: number): void {
    const { counts, rate, now, onEvent } = this.#options;
    const { sizeBytes } = item.object;
    counts.done += 1;
    counts.audioSeconds += audioSeconds;
    counts.bytesDone += sizeBytes;
    rate.add(now(), audioSeconds, sizeBytes);
    onEvent({ type: 'done', item, audioSeconds });
  }

  #dead(item: BatchItem, failure: SpeechError): void {
    this.#options.counts.dead += 1;
    this.#options.onEvent({ type: 'dead', item, failure });
  }

  #replaced(item: BatchItem): void {
    this.#options.counts.replaced += 1;
    this.#options.onEvent({ type: 'replaced', item });
  }
}
