import { DeadlineError, InvariantError, type SpeechError } from '../../../core/errors.ts';
import { SCHEMA_VERSION } from '../../../sdk/contract/index.ts';
import { isRetryable } from '../../errors/error-mapping.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';
import type { EndWriter, ItemResult } from '../ends/end-writer.ts';
import type { BatchExecutor, ItemOutcome, ReadyItem } from '../execute/batch-executor.ts';
import type { BatchItem } from '../items/batch-item.ts';
import { AttemptQueue, type Attempt } from './attempt-queue.ts';
import type { BatchCounts, BatchRate } from './batch-counts.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { failureClassOf, mayPass } from './failure-class.ts';

/** An item is given up after so many attempts. */
export const DEFAULT_ATTEMPTS = 5;

/** An attempt that tells nothing for so long is ended, and its engine with it. */
export const DEFAULT_STALL_SECONDS = 900;

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
    const { counts, ends, rate, now, onEvent } = this.#options;
    const { item } = attempt;
    counts.running += 1;
    try {
      const startedAt = now();
      let audioSeconds = 0;
      if (item.hasResult) await ends.publish(item, this.#signal);
      else {
        const outcome = await this.#watched(item, ready);
        const result = resultOf(attempt, outcome, now() - startedAt, this.#options.worker);
        await ends.succeed(item, result, this.#signal);
        ({ audioSeconds } = result.facts);
      }
      counts.done += 1;
      counts.audioSeconds += audioSeconds;
      counts.bytesDone += item.object.sizeBytes;
      rate.add(now(), audioSeconds, item.object.sizeBytes);
      onEvent({ type: 'done', item, audioSeconds });
      await this.#releaseHeld();
    } catch (error) {
      this.#signal.throwIfAborted();
      await this.#failed(attempt, error);
    } finally {
      counts.running -= 1;
    }
  }

  /** An attempt that is ended when it tells nothing for too long. */
  async #watched(item: BatchItem, ready: ReadyItem): Promise<ItemOutcome> {
    const { stallSeconds = DEFAULT_STALL_SECONDS, onEvent } = this.#options;
    const stalled = new AbortController();
    const end = (): void =>
      stalled.abort(new DeadlineError(`The work told nothing for ${stallSeconds} s and was ended.`));
    let timer = setTimeout(end, stallSeconds * 1000);
    try {
      return await ready.run({
        signal: AbortSignal.any([this.#signal, stalled.signal]),
        onProgress: (stage) => {
          clearTimeout(timer);
          timer = setTimeout(end, stallSeconds * 1000);
          onEvent({ type: 'progress', item, stage });
        },
      });
    } catch (error) {
      throw stalled.signal.aborted ? stalled.signal.reason : error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #failed(attempt: Attempt, error: unknown): Promise<void> {
    const { counts, ends, onEvent } = this.#options;
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
      counts.replaced += 1;
      onEvent({ type: 'replaced', item });
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
    const { counts, ends, onEvent } = this.#options;
    const { item, number: attempts } = attempt;
    const { code, message } = failure;
    const letter = { input: item.object.key, code, message, retryable: isRetryable(failure), attempts };
    await ends.fail(item, letter, this.#signal);
    counts.dead += 1;
    onEvent({ type: 'dead', item, failure });
  }
}

function resultOf(
  { item, number }: Attempt,
  result: ItemOutcome,
  computeSeconds: number,
  worker: string,
): ItemResult {
  return {
    schemaVersion: SCHEMA_VERSION,
    input: item.object.key,
    version: item.object.version,
    name: item.name,
    result,
    facts: {
      audioSeconds: result.durationSeconds,
      computeSeconds,
      bytesIn: item.object.sizeBytes,
      attempt: number,
      worker,
    },
  };
}
