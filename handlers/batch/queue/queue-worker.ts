import { hostname } from 'node:os';
import type { Job, Queue, Worker } from 'bullmq';
import { Slots } from '../../../core/engine/slots.ts';
import { CanceledError, type SpeechError } from '../../../core/errors.ts';
import { CircuitBreaker } from '../run/circuit-breaker.ts';
import type { QueueStore } from './open-queue-store.ts';
import type { QueueBatches } from './queue-batches.ts';
import { stopQueue } from './queue-fault.ts';
import { type jobReturnSchema, queueJobSchema } from './queue-job.ts';
import { loadQueuePackages } from './queue-packages.ts';
import { LOCK_MS, MOST_STALLS, QUEUE_NAME, QUEUE_PREFIX, STALLED_INTERVAL_MS } from './queue-settings.ts';
import { workJob, type WorkedJob } from './work-job.ts';
import type * as z from 'zod';

/** Work in hand is given so long to end when the process is to stop; platforms kill after 30 s. */
const GRACE_MS = 25_000;
const FAULT_LOOK_MS = 1_000;

/** What a worker tells of each job. */
export type OnWorked = (name: string, worked: WorkedJob) => void;

export type QueueWorkerOptions = {
  readonly store: QueueStore;
  readonly batches: QueueBatches;
  /** Recordings at work at once; one more is fetched meanwhile. */
  readonly concurrency: number;
  readonly stallSeconds: number;
  /** Stops the worker: what is in hand is ended, or given back after a while. */
  readonly signal: AbortSignal;
  readonly onWorked: OnWorked;
  /** @default 25000 ms */
  readonly graceMs?: number;
  /** Tests shorten it; the same in every worker of a queue. @default 15000 ms, looked for every 5000 ms */
  readonly lockMs?: number;
};

/**
 * Works off a queue until it is stopped.
 *
 * @throws SpeechError of a fault that is not the recordings': the whole queue is stopped then
 */
export async function workQueue(options: QueueWorkerOptions): Promise<void> {
  const packages = await loadQueuePackages();
  const { client } = options.store;
  const { lockMs = LOCK_MS } = options;
  const connection = { connection: client, prefix: QUEUE_PREFIX, skipVersionCheck: true };
  const queue = new packages.Queue(QUEUE_NAME, connection);
  const work = new QueueWork(queue, options, packages);
  const worker = new packages.Worker(QUEUE_NAME, (job, token) => work.process(job, token), {
    ...connection,
    autorun: false,
    concurrency: options.concurrency + 1,
    lockDuration: lockMs,
    stalledInterval: (lockMs * STALLED_INTERVAL_MS) / LOCK_MS,
    maxStalledCount: MOST_STALLS,
  });
  // Told by the store itself; without a listener the process would end.
  queue.on('error', () => undefined);
  worker.on('error', () => undefined);
  try {
    await work.run(worker);
  } finally {
    await options.store.end([queue, worker]);
  }
}

type Packages = Awaited<ReturnType<typeof loadQueuePackages>>;

class QueueWork {
  readonly #queue: Queue;
  readonly #options: QueueWorkerOptions;
  readonly #packages: Packages;
  readonly #slots: Slots;
  readonly #breaker = new CircuitBreaker<string>();
  readonly #stopping = new AbortController();
  readonly #over = new AbortController();
  #fault: SpeechError | undefined;

  constructor(queue: Queue, options: QueueWorkerOptions, packages: Packages) {
    this.#queue = queue;
    this.#options = options;
    this.#packages = packages;
    this.#slots = new Slots(options.concurrency);
  }

  /** Until it is stopped or cannot go on; work in hand is ended or given back. */
  async run(worker: Worker): Promise<void> {
    const { signal, store, graceMs = GRACE_MS } = this.#options;
    const stop = (): void => this.#stopping.abort(new CanceledError('The worker was stopped.'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    const timer = setInterval(() => {
      this.#fault ??= store.fault();
      if (this.#fault !== undefined) stop();
    }, FAULT_LOOK_MS);
    const running = worker.run().catch(() => undefined);
    try {
      await new Promise<void>((resolve) => {
        if (this.#stopping.signal.aborted) resolve();
        this.#stopping.signal.addEventListener('abort', () => resolve());
      });
      const grace = setTimeout(() => this.#over.abort(new CanceledError('The worker was stopped.')), graceMs);
      // Without its store a worker would wait for it; what it has in hand is lost to it anyway.
      if (store.client.status === 'ready') await worker.close();
      clearTimeout(grace);
    } finally {
      this.#over.abort(new CanceledError('The worker was stopped.'));
      clearInterval(timer);
      signal.removeEventListener('abort', stop);
    }
    if (store.client.status === 'ready') await running;
    if (this.#fault !== undefined) throw this.#fault;
  }

  /** The promise of a job: its end is written when it is over, or it is tried again. */
  async process(job: Job, token: string | undefined): Promise<z.infer<typeof jobReturnSchema>> {
    const { UnrecoverableError, WaitingError } = this.#packages;
    const parsed = queueJobSchema.safeParse(job.data);
    if (!parsed.success)
      throw new UnrecoverableError('This is no job of Colloquy, or one of another version.');
    let worked: WorkedJob;
    try {
      worked = await workJob(
        {
          data: parsed.data,
          attempt: job.attemptsMade + 1,
          mostAttempts: job.opts.attempts ?? 1,
          starts: job.attemptsStarted,
        },
        {
          batches: this.#options.batches,
          slots: this.#slots,
          worker: `${hostname()}:${process.pid}`,
          stallSeconds: this.#options.stallSeconds,
          signal: this.#over.signal,
          stopping: this.#stopping.signal,
        },
      );
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error;
      // Given back: another worker takes it at once, and it costs no attempt.
      await job.moveToWait(token);
      throw new WaitingError();
    }
    this.#options.onWorked(parsed.data.item.name, worked);
    if (worked.ended === 'done' || worked.ended === 'replaced') {
      this.#breaker.release();
      return worked;
    }
    const { code, message } = worked.failure;
    if (worked.ended === 'dead') throw new UnrecoverableError(`${code}: ${message}`);
    await this.#again(parsed.data.item.id, worked);
    throw new Error(`${code}: ${message}`);
  }

  async #again(item: string, { failure, isSystemic }: Extract<WorkedJob, { ended: 'again' }>): Promise<void> {
    if (!isSystemic) {
      this.#breaker.release();
      return;
    }
    const common = this.#breaker.fail(item, failure);
    if (common === undefined) return;
    this.#fault ??= common;
    await stopQueue(this.#queue, this.#options.store.client, common);
    this.#stopping.abort(new CanceledError('The worker was stopped.'));
  }
}
