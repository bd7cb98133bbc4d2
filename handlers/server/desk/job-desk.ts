import { CanceledError, CapacityError, RequestError } from '../../../core/errors.ts';
import type { JobResult, StreamEvent } from '../../../sdk/contract/index.ts';
import { isOverJob, type DeskEvent, type DeskJob, type DeskRequest } from './desk-job.ts';
import { DeskQueue, type RunDeskJob } from './desk-queue.ts';
import { EventLog } from './event-log.ts';
import type { JobFolders } from './job-folders.ts';
import { JobRegister } from './job-register.ts';
import { LiveJob } from './live-job.ts';
import { newId } from './random-ids.ts';
import type { RecordingStore } from './recording-store.ts';
import { workDigest } from './work-digest.ts';

export type JobDeskOptions = {
  readonly files: JobFolders;
  readonly recordings: RecordingStore;
  readonly run: RunDeskJob;
  /** Jobs that run at a time. */
  readonly concurrency: number;
  /** Jobs that may wait. */
  readonly maxQueued: number;
  readonly now?: () => number;
  /** Hears of every job that has ended, of calls that wait too. */
  readonly onEnded?: (job: DeskJob, request: DeskRequest, result: JobResult | undefined) => void;
};

/** A job that is begun again after a crash of the process more often than this is what crashes it. */
const MAX_STARTS = 3;

/**
 * The one place where work is taken, whatever dialect asked for it: a queue, places to run, cancelling, events, and what
 * is kept. A call that waits is a job that nobody keeps.
 */
export class JobDesk {
  readonly #files: JobFolders;
  readonly #recordings: RecordingStore;
  readonly #maxQueued: number;
  readonly #now: () => number;
  readonly #onEnded: NonNullable<JobDeskOptions['onEnded']>;
  readonly #register = new JobRegister();
  readonly #live = new Map<string, LiveJob>();
  readonly #queue: DeskQueue;

  constructor({
    files,
    recordings,
    run,
    concurrency,
    maxQueued,
    now = Date.now,
    onEnded = () => undefined,
  }: JobDeskOptions) {
    this.#files = files;
    this.#recordings = recordings;
    this.#maxQueued = maxQueued;
    this.#now = now;
    this.#onEnded = onEnded;
    this.#queue = new DeskQueue({ files, run, concurrency, now, onEnd: (live) => this.#letGo(live) });
  }

  /** Takes up what an earlier process left: ended jobs as they are, others anew. */
  async restore(): Promise<void> {
    for (const job of (await this.#files.readAll()).reverse()) {
      this.#register.add(job);
      if (isOverJob(job)) continue;
      const log = new EventLog(await this.#files.events(job.id));
      const live = this.#takeOn({ ...job, state: 'queued' }, await this.#files.request(job.id), log);
      if (job.attempts < MAX_STARTS) this.#queue.add(live);
      else await this.#queue.end(live, 'failed', endedServer());
    }
    this.#queue.startNext();
  }

  /** Throws unless there is room; asked before anything is read. @throws CapacityError `queue_full`, `overloaded` */
  checkRoom(): void {
    if (this.#queue.isClosing) {
      throw new CapacityError('overloaded', 'The server is about to stop. Try again in a minute.', {
        details: { retryAfterSeconds: 30 },
      });
    }
    if (!this.isFull) return;
    throw new CapacityError('queue_full', 'Too many jobs are waiting. Try again later.', {
      details: { retryAfterSeconds: this.#queue.waitSeconds },
    });
  }

  /**
   * Takes a job, or gives the one that the same key named before.
   *
   * @throws CapacityError `queue_full`; RequestError `conflict` for a key that named other work
   */
  async submit(request: DeskRequest): Promise<{ readonly job: DeskJob; readonly isNew: boolean }> {
    const work = workDigest(request, this.#recordings);
    const known = this.#register.ofKey(request);
    if (known !== undefined) {
      if (known.work === work) return { job: known, isNew: false };
      throw new RequestError('conflict', 'The idempotency key named other work before. Use another key.');
    }
    this.checkRoom();
    const live = await this.#create(request, work);
    this.#queue.add(live);
    live.tellState(this.positionOf(live.job.id));
    this.#queue.startNext();
    return { job: live.job, isNew: true };
  }

  /**
   * Keeps work that is done, such as a live session that has ended, as a job like any other. Where the process dies
   * before its result is written, the next one does the work again from its recording.
   */
  async keepDone(request: DeskRequest, result: JobResult): Promise<DeskJob> {
    const live = await this.#create(request, workDigest(request, this.#recordings));
    await this.#files.writeResult(live.job.id, result);
    live.result = result;
    await this.#queue.end(live, 'completed');
    return live.job;
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
      await live.over;
      if (live.result !== undefined) return live.result;
      throw live.stop.signal.reason ?? new CanceledError();
    } finally {
      signal.removeEventListener('abort', stop);
      this.#register.remove(job.id);
      this.#live.delete(job.id);
    }
  }

  /** @throws InputUnavailableError `not_found`, also for jobs of others */
  get(id: string, owner: string): DeskJob {
    return this.#register.get(id, owner);
  }

  /** Place in the queue, from 1; `undefined` for jobs that do not wait. */
  positionOf(id: string): number | undefined {
    return this.#queue.positionOf(id);
  }

  /** The latest progress of a job. */
  progressOf(id: string): LiveJob['progress'] {
    return this.#live.get(id)?.progress;
  }

  /** Newest first. */
  list(owner: string): DeskJob[] {
    return this.#register.list(owner);
  }

  /** Ends the work; a job that has ended stays as it is. */
  async cancel(id: string, owner: string): Promise<DeskJob> {
    const job = this.get(id, owner);
    const live = this.#live.get(id);
    if (live === undefined || isOverJob(job)) return job;
    const isWaiting = this.#queue.remove(live);
    live.stop.abort(new CanceledError());
    if (isWaiting) await this.#queue.end(live, 'canceled');
    else await live.over;
    return this.#register.find(id) ?? live.job;
  }

  /** Ends a job and removes everything of it, recordings that no other job has included. */
  async erase(id: string, owner: string): Promise<void> {
    const job = await this.cancel(id, owner);
    this.#register.remove(id);
    this.#live.delete(id);
    await this.#files.erase(id);
    for (const recording of job.recordings) {
      if (!this.#register.reads(recording)) await this.#recordings.erase(recording).catch(() => undefined);
    }
  }

  /** @throws RequestError `conflict` while it runs; what it failed with otherwise */
  async result(id: string, owner: string): Promise<JobResult> {
    const job = this.get(id, owner);
    if (!isOverJob(job)) throw new RequestError('conflict', 'The job has not ended yet. Wait for it.');
    const result = this.#live.get(id)?.result ?? (await this.#files.result(id));
    if (result !== undefined) return result;
    throw new RequestError('conflict', `The job has no result: it is ${job.state}.`);
  }

  /** Events after a number, until the job has ended. */
  async *events(id: string, owner: string, after: number, signal: AbortSignal): AsyncGenerator<DeskEvent> {
    this.get(id, owner);
    yield* (await this.#logOf(id)).readAfter(after, signal);
  }

  /** Those that there are now. */
  async eventsSince(id: string, owner: string, after: number): Promise<readonly DeskEvent[]> {
    this.get(id, owner);
    return (await this.#logOf(id)).since(after);
  }

  /** Number of the last event of a job. */
  async lastEventNumber(id: string): Promise<number> {
    return (await this.#logOf(id)).lastNumber;
  }

  /** Erases what ended before a time. */
  async eraseEndedBefore(timeMs: number): Promise<void> {
    for (const job of this.#register.endedBefore(timeMs)) await this.erase(job.id, job.owner);
  }

  /** Whether no more jobs may wait. */
  get isFull(): boolean {
    return this.#queue.counts.queued >= this.#maxQueued;
  }

  get counts(): { readonly queued: number; readonly running: number } {
    return this.#queue.counts;
  }

  /**
   * Takes nothing more, and waits for what runs; what is not done by then waits for the next process, if it is kept.
   */
  async close(graceMs: number): Promise<void> {
    await this.#queue.close(graceMs);
    for (const { log } of this.#live.values()) log.end();
  }

  async #create(request: DeskRequest, work: string): Promise<LiveJob> {
    const job: DeskJob = {
      id: newId('job'),
      owner: request.owner,
      task: request.input.task,
      state: 'queued',
      createdAtMs: this.#now(),
      work,
      attempts: 0,
      recordings: request.sources.flatMap((source) => ('recording' in source ? [source.recording] : [])),
      ...(request.idempotencyKey === undefined ? {} : { idempotencyKey: request.idempotencyKey }),
    };
    this.#register.add(job);
    const live = this.#takeOn(job, request);
    if (request.isKept)
      await this.#files.create(job, request).catch((error: unknown) => this.#giveUp(live, error));
    return live;
  }

  /** Has a job in hand, and its recordings kept as long as it is. */
  #takeOn(job: DeskJob, request: DeskRequest, log?: EventLog): LiveJob {
    const onChange = (changed: DeskJob): void => this.#register.update(changed);
    const live = new LiveJob(job, request, { files: this.#files, onChange }, log);
    for (const id of job.recordings) this.#recordings.hold(id);
    this.#live.set(job.id, live);
    return live;
  }

  /** Of a job that the disk does not take nothing stays. */
  async #giveUp({ job }: LiveJob, error: unknown): Promise<never> {
    this.#register.remove(job.id);
    this.#live.delete(job.id);
    for (const id of job.recordings) this.#recordings.release(id);
    await this.#files.erase(job.id).catch(() => undefined);
    throw error;
  }

  #letGo({ job, request, result }: LiveJob): void {
    this.#onEnded(job, request, result);
    for (const id of job.recordings) this.#recordings.release(id);
    // What is kept lies on the disk; what is not is read by who waits for it.
    if (request.isKept) this.#live.delete(job.id);
  }

  async #logOf(id: string): Promise<EventLog> {
    return this.#live.get(id)?.log ?? new EventLog(await this.#files.events(id), true);
  }
}

function endedServer(): CapacityError {
  return new CapacityError(
    'engine_crashed',
    'The job ended the server each time it was begun. Send it in another form, or report it.',
  );
}
