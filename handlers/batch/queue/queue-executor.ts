import type { Job, JobState, Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { ERROR_CODES, type ErrorCode } from '../../../core/error-codes.ts';
import { errorOfCode, InvariantError, RemoteError, type SpeechError } from '../../../core/errors.ts';
import type { EndWriter } from '../ends/end-writer.ts';
import {
  type AttemptHooks,
  type BatchExecutor,
  type EndedItem,
  ExecutorFault,
  type ReadyItem,
} from '../execute/batch-executor.ts';
import type { BatchItem } from '../items/batch-item.ts';
import { queueStoreError } from './check-queue-store.ts';
import { JobWaits } from './job-waits.ts';
import type { QueueStore } from './open-queue-store.ts';
import { faultOfQueue, resumeQueue } from './queue-fault.ts';
import { type BatchReference, queueJobIdOf, jobReturnSchema, queueJobOf } from './queue-job.ts';
import { loadQueuePackages } from './queue-packages.ts';
import {
  BACK_OFF,
  KEEP_DONE,
  KEEP_FAILED,
  MOST_JOB_BYTES,
  QUEUE_NAME,
  QUEUE_PREFIX,
  WINDOW,
} from './queue-settings.ts';

/** Events of the queue may be lost: jobs that are waited for are looked at so often. */
const LOOK_MS = 15_000;
const FAULT_LOOK_MS = 2_000;

/** A job that ended without an end of its item, because somebody removed objects or jobs, is added anew so often. */
const MOST_ADDS = 5;

export type QueueExecutorOptions = {
  readonly store: QueueStore;
  readonly batch: BatchReference;
  readonly ends: EndWriter;
  /** Attempts at an item before it is given up. */
  readonly attempts: number;
  /** Items in the queue at once. @default 2000 */
  readonly window?: number;
  /** Tests shorten them. @default 15000, 2000 and 2000 ms */
  readonly lookMs?: number;
  readonly firstRetryMs?: number;
  readonly faultLookMs?: number;
};

/**
 * Has items worked on by the workers of a queue, which write the ends. A submitter that dies loses nothing: jobs stay, and
 * the next one finds them by the ids of their items.
 */
export class QueueExecutor implements BatchExecutor {
  readonly concurrency: number;
  readonly watchesAttempts = true;
  readonly #options: QueueExecutorOptions;
  readonly #queue: Queue;
  readonly #events: QueueEvents;
  readonly #client: Redis;
  readonly #waits: JobWaits;
  readonly #timer: NodeJS.Timeout;

  /** Connects; a queue that was stopped for a fault works again. */
  static async open(options: QueueExecutorOptions): Promise<QueueExecutor> {
    const { Queue, QueueEvents } = await loadQueuePackages();
    const { client } = options.store;
    const connection = { connection: client, prefix: QUEUE_PREFIX, skipVersionCheck: true };
    const queue = new Queue(QUEUE_NAME, connection);
    const events = new QueueEvents(QUEUE_NAME, connection);
    // Told by the store itself; without a listener the process would end.
    queue.on('error', () => undefined);
    events.on('error', () => undefined);
    await events.waitUntilReady();
    await resumeQueue(queue, client);
    return new QueueExecutor(options, queue, events);
  }

  private constructor(options: QueueExecutorOptions, queue: Queue, events: QueueEvents) {
    this.#options = options;
    this.#queue = queue;
    this.#events = events;
    this.#client = options.store.client;
    this.concurrency = options.window ?? WINDOW;
    this.#waits = new JobWaits(options.lookMs ?? LOOK_MS);
    const look = ({ jobId }: { readonly jobId: string }): void => this.#waits.look(jobId);
    events.on('completed', look);
    events.on('failed', look);
    this.#timer = setInterval(() => void this.#lookForFault(), options.faultLookMs ?? FAULT_LOOK_MS);
  }

  prepare(item: BatchItem): ReadyItem {
    return { run: (hooks) => this.#run(item, hooks), dispose: () => Promise.resolve() };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#options.store.end([this.#events, this.#queue]);
    this.#options.store.close();
  }

  async #run(item: BatchItem, { signal }: AttemptHooks): Promise<EndedItem> {
    const id = queueJobIdOf(this.#options.batch, item.id);
    const wait = this.#waits.open(id);
    try {
      for (let adds = 0; adds < MOST_ADDS; adds += 1) {
        const job = await this.#add(item, id, signal);
        const end = await this.#end(job, item, (look) => wait(look, signal), signal);
        if (end !== undefined) return end;
      }
    } finally {
      this.#waits.close(id);
    }
    throw new RemoteError(
      'remote_failed',
      'The queue finished this recording again and again without a result.',
    );
  }

  /** Adding a job that is there is nothing: the one that is there is waited for. */
  async #add(item: BatchItem, jobId: string, signal: AbortSignal): Promise<Job> {
    signal.throwIfAborted();
    const { attempts, batch, firstRetryMs } = this.#options;
    const options = {
      jobId,
      attempts,
      backoff: firstRetryMs === undefined ? BACK_OFF : { ...BACK_OFF, delay: firstRetryMs },
      removeOnComplete: KEEP_DONE,
      removeOnFail: KEEP_FAILED,
      sizeLimit: MOST_JOB_BYTES,
    };
    return this.#asked(() => this.#queue.add('item', queueJobOf(batch, item), options), signal);
  }

  /** Waits for a job. `undefined` where it is gone, or was over before the item was planned anew. */
  async #end(
    { id = '' }: Job,
    item: BatchItem,
    wait: (since: number) => Promise<number>,
    signal: AbortSignal,
  ): Promise<EndedItem | undefined> {
    for (let [seen, isNew] = [0, false]; ; isNew = true) {
      const state: JobState | 'unknown' = await this.#asked(() => this.#queue.getJobState(id), signal);
      if (state === 'unknown') return undefined;
      if (state === 'completed' || state === 'failed') return this.#endOf(id, item, isNew, signal);
      seen = await wait(seen);
    }
  }

  /**
   * The end of an item whose job is over; a job without one is removed, so that it can be added again.
   *
   * @param isNew it was seen before it was over; old jobs may be of ends that were removed since
   */
  async #endOf(
    id: string,
    item: BatchItem,
    isNew: boolean,
    signal: AbortSignal,
  ): Promise<EndedItem | undefined> {
    const { ends } = this.#options;
    const job = await this.#asked(() => this.#queue.getJob(id), signal);
    const returned = jobReturnSchema.safeParse(job?.returnvalue);
    if (returned.success && isNew) return returned.data;
    const end = await ends.endOf(item.id, signal);
    if (end === 'replaced') return { ended: 'replaced' };
    if (end === 'result' && returned.success) return returned.data;
    const letter = end === 'dead' ? await ends.deadLetter(item.id, signal) : undefined;
    if (letter !== undefined) return { ended: 'dead', failure: failureOf(letter) };
    await this.#asked(async () => job?.remove(), signal);
    return undefined;
  }

  async #lookForFault(): Promise<void> {
    const away = this.#options.store.fault();
    if (away !== undefined) {
      this.#waits.fail(new ExecutorFault(away));
      return;
    }
    if (this.#client.status !== 'ready') return;
    const fault = await faultOfQueue(this.#queue, this.#client).catch(() => undefined);
    if (fault !== undefined) this.#waits.fail(new ExecutorFault(fault));
  }

  /** A command; ends when the batch is stopped or the store is away for too long, though the store may never answer. */
  async #asked<T>(command: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await this.#waits.orFault(command(), signal);
    } catch (error) {
      if (signal.aborted || error instanceof ExecutorFault) throw error;
      throw new ExecutorFault(queueStoreError(error));
    }
  }
}

function failureOf({ code, message }: { readonly code: string; readonly message: string }): SpeechError {
  const known = ERROR_CODES.find((one): one is ErrorCode => one === code);
  return known === undefined ? new InvariantError(message) : errorOfCode(known, message);
}
