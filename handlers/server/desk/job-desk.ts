import { createHash } from 'node:crypto';
import { CanceledError, CapacityError, InputUnavailableError, RequestError } from '../../../core/errors.ts';
import type { JobResult, StreamEvent } from '../../../sdk/contract/index.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';
import { errorBodyOf } from '../../work/jobs/error-body.ts';
import { isOverJob, type DeskEvent, type DeskJob, type DeskRequest } from './desk-job.ts';
import { EventLog } from './event-log.ts';
import type { JobFolders } from './job-folders.ts';
import { newId } from './random-ids.ts';
import type { RecordingStore } from './recording-store.ts';

/** Runs the work of a job. */
export type RunDeskJob = (
  request: DeskRequest,
  hooks: {
    readonly requestId: string;
    readonly signal: AbortSignal;
    readonly progress: (value: unknown) => void;
    readonly onEvent: (event: StreamEvent) => void;
  },
) => Promise<JobResult>;

export type JobDeskOptions = {
  readonly files: JobFolders;
  readonly recordings: RecordingStore;
  readonly run: RunDeskJob;
  /** Jobs that run at a time. */
  readonly concurrency: number;
  /** Jobs that may wait. */
  readonly maxQueued: number;
  readonly now?: () => number;
};

/** A job that is begun again after a crash of the process more often than this is what crashes it. */
const MAX_STARTS = 3;

/** Something that happens once. */
type Signal = { readonly promise: Promise<void>; readonly resolve: () => void };

function newSignal(): Signal {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

/** A job in hand. */
type Live = {
  job: DeskJob;
  readonly request: DeskRequest;
  readonly log: EventLog;
  readonly stop: AbortController;
  result?: JobResult;
  readonly over: Signal;
};

/**
 * The one place where work is taken, whatever dialect asked for it: a queue, places to run, cancelling, events, and what
 * is kept. A call that waits is a job that nobody keeps.
 */
export class JobDesk {
  readonly #options: JobDeskOptions;
  readonly #jobs = new Map<string, DeskJob>();
  readonly #live = new Map<string, Live>();
  readonly #queue: Live[] = [];
  /** Seconds that the last jobs took, for guesses how long a new one will wait. */
  readonly #durations: number[] = [];
  #running = 0;
  #isClosing = false;

  constructor(options: JobDeskOptions) {
    this.#options = options;
  }

  /** Takes up what an earlier process left: ended jobs as they are, others anew. */
  async restore(): Promise<void> {
    for (const job of (await this.#options.files.readAll()).reverse()) {
      this.#jobs.set(job.id, job);
      for (const id of job.recordings) if (!isOverJob(job)) this.#options.recordings.hold(id);
      if (isOverJob(job)) continue;
      const request = await this.#options.files.request(job.id);
      const log = new EventLog(await this.#options.files.events(job.id));
      const live = {
        job: { ...job, state: 'queued' as const },
        request,
        log,
        stop: new AbortController(),
        over: newSignal(),
      };
      this.#live.set(job.id, live);
      if (job.attempts >= MAX_STARTS) {
        await this.#end(
          live,
          'failed',
          new CapacityError(
            'engine_crashed',
            'The job ended the server each time it was begun. Send it in another form, or report it.',
          ),
        );
      } else this.#queue.push(live);
    }
    this.#startNext();
  }

  /** Throws unless there is room; asked before anything is read. @throws CapacityError `queue_full`, `overloaded` */
  checkRoom(): void {
    if (this.#isClosing) {
      throw new CapacityError('overloaded', 'The server is about to stop. Try again in a minute.', {
        details: { retryAfterSeconds: 30 },
      });
    }
    if (this.#queue.length < this.#options.maxQueued) return;
    throw new CapacityError('queue_full', 'Too many jobs are waiting. Try again later.', {
      details: { retryAfterSeconds: this.#waitSeconds(this.#queue.length) },
    });
  }

  /**
   * Takes a job, or gives the one that the same key named before.
   *
   * @throws CapacityError `queue_full`; RequestError `conflict` for a key that named other work
   */
  async submit(request: DeskRequest): Promise<{ readonly job: DeskJob; readonly isNew: boolean }> {
    const work = workOf(request, this.#options.recordings);
    const known = this.#jobOfKey(request);
    if (known !== undefined) {
      if (known.work === work) return { job: known, isNew: false };
      throw new RequestError('conflict', 'The idempotency key named other work before. Use another key.');
    }
    this.checkRoom();
    const recordings = request.sources.flatMap((source) => ('recording' in source ? [source.recording] : []));
    const job: DeskJob = {
      id: newId('job'),
      owner: request.owner,
      task: request.input.task,
      state: 'queued',
      createdAtMs: this.#now(),
      work,
      attempts: 0,
      recordings,
      ...(request.idempotencyKey === undefined ? {} : { idempotencyKey: request.idempotencyKey }),
    };
    const live: Live = {
      job,
      request,
      log: new EventLog(),
      stop: new AbortController(),
      over: newSignal(),
    };
    for (const id of recordings) this.#options.recordings.hold(id);
    this.#jobs.set(job.id, job);
    this.#live.set(job.id, live);
    if (request.isKept) await this.#options.files.create(job, request);
    this.#queue.push(live);
    this.#tellState(live);
    this.#startNext();
    return { job: live.job, isNew: true };
  }

  /**
   * Runs a job to its end and forgets it.
   *
   * @throws what the job failed with
   */
  async runOnce(
    request: Omit<DeskRequest, 'isKept'>,
    signal: AbortSignal,
    onEvent?: (event: StreamEvent) => void,
  ): Promise<JobResult> {
    const { job } = await this.submit({ ...request, isKept: false });
    const live = this.#live.get(job.id)!;
    const stop = (): void => void this.cancel(job.id, request.owner);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      if (onEvent !== undefined) {
        for await (const event of live.log.readAfter(0, new AbortController().signal)) {
          if (event.type === 'stream') onEvent(event.event);
        }
      }
      await live.over.promise;
      if (live.result !== undefined) return live.result;
      throw live.stop.signal.reason ?? new CanceledError();
    } finally {
      signal.removeEventListener('abort', stop);
      this.#jobs.delete(job.id);
      this.#live.delete(job.id);
    }
  }

  /** @throws InputUnavailableError `not_found`, also for jobs of others */
  get(id: string, owner: string): DeskJob {
    const job = this.#jobs.get(id);
    if (job?.owner === owner) return job;
    throw new InputUnavailableError(
      'not_found',
      'There is no such job. Check its id; jobs are kept for a limited time.',
    );
  }

  /** Place in the queue, from 1; `undefined` for jobs that do not wait. */
  positionOf(id: string): number | undefined {
    const index = this.#queue.findIndex(({ job }) => job.id === id);
    return index < 0 ? undefined : index + 1;
  }

  /** The latest progress of a job. */
  progressOf(id: string): Extract<StreamEvent, { type: 'progress' }> | undefined {
    return this.#progress.get(id);
  }

  /** Newest first. */
  list(owner: string): DeskJob[] {
    return [...this.#jobs.values()]
      .filter((job) => job.owner === owner)
      .sort((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1));
  }

  /** Ends the work; a job that has ended stays as it is. */
  async cancel(id: string, owner: string): Promise<DeskJob> {
    const job = this.get(id, owner);
    const live = this.#live.get(id);
    if (live === undefined || isOverJob(job)) return job;
    const waiting = this.#queue.indexOf(live);
    live.stop.abort(new CanceledError());
    if (waiting >= 0) {
      this.#queue.splice(waiting, 1);
      await this.#end(live, 'canceled');
    } else await live.over.promise;
    return this.#jobs.get(id) ?? live.job;
  }

  /** Ends a job and removes everything of it, recordings that no other job has included. */
  async erase(id: string, owner: string): Promise<void> {
    const job = await this.cancel(id, owner);
    this.#jobs.delete(id);
    this.#live.delete(id);
    this.#progress.delete(id);
    await this.#options.files.erase(id);
    for (const recording of job.recordings) {
      const isShared = [...this.#jobs.values()].some((other) => other.recordings.includes(recording));
      if (!isShared) await this.#options.recordings.erase(recording).catch(() => undefined);
    }
  }

  /** @throws RequestError `conflict` while it runs; what it failed with otherwise */
  async result(id: string, owner: string): Promise<JobResult> {
    const job = this.get(id, owner);
    if (!isOverJob(job)) throw new RequestError('conflict', 'The job has not ended yet. Wait for it.');
    const result = this.#live.get(id)?.result ?? (await this.#options.files.result(id));
    if (result !== undefined) return result;
    throw new RequestError('conflict', `The job has no result: it is ${job.state}.`);
  }

  /** Events after a number, until the job has ended. */
  async *events(id: string, owner: string, after: number, signal: AbortSignal): AsyncGenerator<DeskEvent> {
    this.get(id, owner);
    const log = this.#live.get(id)?.log ?? new EventLog(await this.#options.files.events(id), true);
    yield* log.readAfter(after, signal);
  }

  /** Number of the last event of a job. */
  async lastEventNumber(id: string): Promise<number> {
    const log = this.#live.get(id)?.log ?? new EventLog(await this.#options.files.events(id), true);
    return log.lastNumber;
  }

  /** Erases what ended before a time. */
  async eraseEndedBefore(timeMs: number): Promise<void> {
    for (const job of [...this.#jobs.values()]) {
      if (isOverJob(job) && (job.endedAtMs ?? job.createdAtMs) < timeMs) await this.erase(job.id, job.owner);
    }
  }

  get counts(): { readonly queued: number; readonly running: number } {
    return { queued: this.#queue.length, running: this.#running };
  }

  /**
   * Takes nothing more, and waits for what runs; what is not done by then waits for the next process, if it is kept.
   */
  async close(graceMs: number): Promise<void> {
    this.#isClosing = true;
    this.#queue.splice(0);
    const running = [...this.#live.values()].filter(({ job }) => job.state === 'running');
    const timer = setTimeout(() => {
      for (const { stop } of running)
        stop.abort(new CapacityError('overloaded', 'The server was stopped. Send the job again.'));
    }, graceMs);
    await Promise.all(running.map(({ over }) => over.promise));
    clearTimeout(timer);
    for (const { log } of this.#live.values()) log.end();
  }

  readonly #progress = new Map<string, Extract<StreamEvent, { type: 'progress' }>>();

  #startNext(): void {
    while (!this.#isClosing && this.#running < this.#options.concurrency) {
      const live = this.#queue.shift();
      if (live === undefined) return;
      this.#running += 1;
      void this.#run(live).finally(() => {
        this.#running -= 1;
        this.#startNext();
      });
    }
  }

  async #run(live: Live): Promise<void> {
    const { request, stop } = live;
    try {
      await this.#change(live, {
        state: 'running',
        startedAtMs: this.#now(),
        attempts: live.job.attempts + 1,
      });
      stop.signal.throwIfAborted();
      const result = await this.#options.run(request, {
        requestId: live.job.id,
        signal: stop.signal,
        progress: (value) => this.#tell(live, value as StreamEvent),
        onEvent: (event) => this.#tell(live, event),
      });
      live.result = result;
      if (request.isKept) await this.#options.files.writeResult(live.job.id, result);
      this.#durations.push((this.#now() - live.job.startedAtMs!) / 1000);
      if (this.#durations.length > 50) this.#durations.shift();
      await this.#end(live, 'completed');
    } catch (error) {
      // Stopped with the server: the next process begins it again.
      if (this.#isClosing && stop.signal.aborted && request.isKept) {
        await this.#change(live, { state: 'queued' }).catch(() => undefined);
        live.over.resolve();
        return;
      }
      const isCanceled = stop.signal.aborted && stop.signal.reason instanceof CanceledError;
      await this.#end(live, isCanceled ? 'canceled' : 'failed', error);
    }
  }

  async #end(live: Live, state: 'completed' | 'failed' | 'canceled', error?: unknown): Promise<void> {
    const failure = error === undefined || state === 'canceled' ? undefined : toSpeechError(error);
    if (failure !== undefined && !live.stop.signal.aborted) live.stop.abort(failure);
    const body = failure === undefined ? {} : { error: errorBodyOf(failure, live.job.id) };
    for (const id of live.job.recordings) this.#options.recordings.release(id);
    await this.#change(live, { state, endedAtMs: this.#now(), ...body }).catch(() => undefined);
    this.#progress.delete(live.job.id);
    live.log.end();
    live.over.resolve();
    // What is kept lies on the disk; what is not is read by who waits for it.
    if (live.request.isKept) this.#live.delete(live.job.id);
  }

  async #change(live: Live, change: Partial<DeskJob>): Promise<void> {
    live.job = { ...live.job, ...change };
    if (this.#jobs.has(live.job.id)) this.#jobs.set(live.job.id, live.job);
    if (live.request.isKept) await this.#options.files.write(live.job);
    this.#tellState(live);
  }

  #tellState(live: Live): void {
    const position = this.positionOf(live.job.id);
    this.#add(live, {
      number: live.log.next(),
      type: 'state',
      job: live.job,
      ...(position === undefined ? {} : { position }),
    });
  }

  #tell(live: Live, event: StreamEvent): void {
    if (event.type === 'progress') this.#progress.set(live.job.id, event);
    this.#add(live, { number: live.log.next(), type: 'stream', event });
  }

  #add(live: Live, event: DeskEvent): void {
    live.log.add(event);
    const isProgress = event.type === 'stream' && event.event.type === 'progress';
    // Of no use after the job, and too often to be written.
    if (live.request.isKept && !isProgress) {
      void this.#options.files.appendEvent(live.job.id, event).catch(() => undefined);
    }
  }

  /** A failed or canceled job gives its key free: the same submission runs anew. */
  #jobOfKey({ owner, idempotencyKey }: DeskRequest): DeskJob | undefined {
    if (idempotencyKey === undefined) return undefined;
    return [...this.#jobs.values()].find(
      (job) =>
        job.owner === owner &&
        job.idempotencyKey === idempotencyKey &&
        job.state !== 'failed' &&
        job.state !== 'canceled',
    );
  }

  /** How long a job at this place will wait, by the median of the last ones: 1 to 300 s. */
  #waitSeconds(position: number): number {
    const sorted = this.#durations.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 10;
    return Math.min(300, Math.max(1, Math.ceil((median * position) / this.#options.concurrency)));
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

/** Digest of what is asked: options and the contents of recordings, addresses without their query. */
function workOf({ input, sources }: DeskRequest, recordings: RecordingStore): string {
  const audio = sources.map((source) => {
    if ('recording' in source) return recordings.sha256Of(source.recording);
    if ('url' in source) return source.url.replace(/[?#].*$/, '');
    return source;
  });
  return createHash('sha256').update(JSON.stringify({ input, audio })).digest('hex');
}
