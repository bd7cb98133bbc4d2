import { steadyNow } from '../../../core/net/steady-now.ts';
import type { PlatformLimits } from '../platform-limits.ts';
import { Payload } from '../storage/payload.ts';
import { NO_TOTALS, type JobCounts, type Totals } from './job-counts.ts';
import {
  createJob,
  isFinal,
  isRetriable,
  NOT_STARTED,
  type JobIdentity,
  type JobRecord,
  type PlatformJobState,
  type QueuedRequest,
} from './job-record.ts';
import { JobTable, type JobTableOptions } from './job-table.ts';

/** What a worker posts when it has done a job: JSON text of the output, and of the error where that is text. */
export type PostedResult = { readonly output?: Payload | undefined; readonly error?: Payload | undefined };

/** Told after the fact: what they throw would be lost. */
export type JobQueueEvents = {
  /** A job has changed or is new. */
  readonly onChange: (job: JobRecord) => void;
  readonly onRemoved: (jobId: string) => void;
  /** The job has just reached a final state. */
  readonly onFinal: (job: JobRecord) => void;
  /** Work on this job is in vain: the worker shall stop it. */
  readonly onStop: (workerId: string, jobId: string) => void;
};

export type JobQueueOptions = JobTableOptions & {
  readonly limits: PlatformLimits;
  readonly events: JobQueueEvents;
  readonly now?: () => number;
};

/**
 * The queue: every job of an endpoint and its way from IN_QUEUE to a final state. Holds no timers and no sockets;
 * the time is given with `tick` and by `now`.
 *
 * The first final result of a job counts, from whichever worker; all later ones are ignored, so that no job has two.
 * Every method throws the error of the memory where that cannot take the change; then nothing has changed.
 */
export class JobQueue {
  readonly #limits: PlatformLimits;
  readonly #events: JobQueueEvents;
  readonly #now: () => number;
  readonly #table: JobTable;
  /** Ids in the order in which they are taken. */
  readonly #waiting = new Set<string>();
  readonly #running = new Set<string>();
  #totals = NO_TOTALS;
  #nextTicket = 1;

  constructor(options: JobQueueOptions) {
    this.#limits = options.limits;
    this.#events = options.events;
    this.#now = options.now ?? steadyNow;
    this.#table = new JobTable(options);
  }

  /** Puts back the jobs of an earlier process. Running ones get a fresh lease: their workers may live. */
  restore(jobs: readonly JobRecord[], totals: Totals): void {
    this.#totals = totals;
    const byEnd = [...jobs].sort((a, b) => (a.endedMs ?? 0) - (b.endedMs ?? 0) || a.ticket - b.ticket);
    for (const job of byEnd) {
      this.#table.restore(job);
      this.#nextTicket = Math.max(this.#nextTicket, job.ticket + 1);
      if (job.state === 'IN_QUEUE') this.#waiting.add(job.id);
      if (job.state !== 'IN_PROGRESS') continue;
      job.leaseEndsMs = this.#now() + this.#limits.leaseMs;
      this.#running.add(job.id);
    }
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  get jobs(): Iterable<JobRecord> {
    return this.#table.all;
  }

  get totals(): Totals {
    return this.#totals;
  }

  counts(): JobCounts {
    return { inQueue: this.#waiting.size, inProgress: this.#running.size, ...this.#totals };
  }

  get(jobId: string): JobRecord | undefined {
    return this.#table.get(jobId);
  }

  /** Ids of the jobs that a worker holds. */
  heldBy(workerId: string): readonly string[] {
    return [...this.#running].filter((id) => this.get(id)?.workerId === workerId);
  }

  /** Makes room by forgetting the results that have been kept longest; false where that is not enough. */
  makeRoomFor(bytes: number): boolean {
    const { maxKeptBytes } = this.#limits;
    for (;;) {
      const ended = this.#table.firstToMakeRoomFor(bytes, maxKeptBytes);
      if (ended === undefined) return this.#table.hasRoomFor(bytes, maxKeptBytes);
      this.#remove(ended);
    }
  }

  submit(submission: QueuedRequest): JobRecord {
    const job = createJob(submission, this.#limits, this.#nextTicket++, this.#now());
    this.#table.add(job);
    this.#waiting.add(job.id);
    this.#events.onChange(job);
    return job;
  }

  /** The job that this was submitted as before: it has the same idempotency key, and may yet be of use. */
  submittedAs(identity: JobIdentity | undefined): JobRecord | undefined {
    const job = identity === undefined ? undefined : this.#table.withKey(identity.key);
    return job === undefined || (isFinal(job.state) && job.state !== 'COMPLETED') ? undefined : job;
  }

  /** The oldest waiting job; undefined where none waits. */
  take(workerId: string): JobRecord | undefined {
    const [id] = this.#waiting;
    const job = id === undefined ? undefined : this.get(id);
    if (job === undefined) return undefined;
    const now = this.#now();
    const taken = { state: 'IN_PROGRESS', workerId, attempts: job.attempts + 1, startedMs: now } as const;
    this.#table.change(job, { ...taken, leaseEndsMs: now + this.#limits.leaseMs });
    this.#waiting.delete(job.id);
    this.#running.add(job.id);
    this.#events.onChange(job);
    return job;
  }

  /** Takes back jobs whose delivery failed: the worker never saw them, so it is no attempt. */
  undeliver(workerId: string, jobIds: readonly string[]): void {
    for (const id of jobIds) {
      const job = this.#heldJob(workerId, id);
      if (job !== undefined) this.#enqueue(job, { attempts: job.attempts - 1 });
    }
  }

  /** A sign of life: the jobs that the worker names stay with it. */
  ping(workerId: string, jobIds: readonly string[]): void {
    for (const id of jobIds) {
      const job = this.#heldJob(workerId, id);
      if (job !== undefined) job.leaseEndsMs = this.#now() + this.#limits.leaseMs;
    }
  }

  /** The worker is gone for good: its jobs go to others at once. */
  workerLost(workerId: string): void {
    for (const id of this.heldBy(workerId)) this.#lost(this.get(id)!);
  }

  /** Progress of a running job; false when the worker does not hold it. */
  progress(workerId: string, jobId: string, output: Payload): boolean {
    const job = this.#heldJob(workerId, jobId);
    if (job === undefined) return false;
    this.#table.change(job, { output, leaseEndsMs: this.#now() + this.#limits.leaseMs });
    this.#events.onChange(job);
    return true;
  }

  /** A streamed value of a running job; false when the worker does not hold it. */
  chunk(workerId: string, jobId: string, chunk: Payload): boolean {
    const job = this.#heldJob(workerId, jobId);
    if (job === undefined) return false;
    this.#table.addChunk(job, chunk);
    this.#events.onChange(job);
    return true;
  }

  /** Streamed values since the last call. The caller drops them when it has sent them. */
  takeChunks(job: JobRecord): readonly Payload[] {
    return this.#table.takeChunks(job);
  }

  /** A final result: an error fails the job. False when the job is unknown or over already. */
  finish(workerId: string, jobId: string, { output, error }: PostedResult): boolean {
    const job = this.get(jobId);
    if (job === undefined || isFinal(job.state)) return false;
    const other = job.workerId === workerId ? undefined : job.workerId;
    const startedMs = job.startedMs ?? this.#now();
    this.#end(job, error === undefined ? 'COMPLETED' : 'FAILED', { workerId, startedMs, output, error });
    if (other !== undefined) this.#events.onStop(other, jobId);
    return true;
  }

  /** Ends a job that is not over; false for one that is. */
  cancel(job: JobRecord): boolean {
    if (isFinal(job.state)) return false;
    const worker = workerOf(job);
    this.#end(job, 'CANCELLED', { output: undefined });
    this.#stop(worker, job);
    return true;
  }

  /** Puts a failed job into the queue again, with its id and input; false for any other. */
  retry(job: JobRecord): boolean {
    if (!isRetriable(job)) return false;
    this.#backToQueue(job, { attempts: 0, expiresMs: this.#now() + this.#limits.ttlMs });
    return true;
  }

  /** Removes all jobs that nobody has taken; returns how many. */
  purge(): number {
    const ids = [...this.#waiting];
    for (const id of ids) this.#remove(this.get(id)!);
    return ids.length;
  }

  setTtl(job: JobRecord, ttlMs: number): void {
    this.#table.change(job, { expiresMs: job.createdMs + ttlMs });
  }

  /** Lets go of the input of an ended job that cannot run again. */
  forgetInput(job: JobRecord): void {
    if (job.input === undefined || !isFinal(job.state) || isRetriable(job) || this.get(job.id) !== job)
      return;
    this.#table.change(job, { input: undefined });
  }

  /** Applies what time has brought: lost leases, execution timeouts, the end of lives and of retention. */
  tick(): void {
    const now = this.#now();
    for (const id of this.#running) {
      const job = this.get(id)!;
      if (now - job.startedMs! >= job.executionTimeoutMs) this.#timeOut(job);
      else if (now >= job.leaseEndsMs!) this.#lost(job);
    }
    for (const job of this.jobs) if (now >= job.expiresMs) this.#remove(job);
  }

  #heldJob(workerId: string, jobId: string): JobRecord | undefined {
    const job = this.get(jobId);
    return job?.state === 'IN_PROGRESS' && job.workerId === workerId ? job : undefined;
  }

  #lost(job: JobRecord): void {
    if (job.attempts < this.#limits.maxAttempts) this.#backToQueue(job, {});
    else this.#fail(job, 'FAILED', `The job lost its worker ${job.attempts} times and is not tried again.`);
  }

  #timeOut(job: JobRecord): void {
    const worker = workerOf(job);
    this.#fail(job, 'TIMED_OUT', `The job ran longer than ${job.executionTimeoutMs} ms.`);
    this.#stop(worker, job);
  }

  #fail(job: JobRecord, state: 'FAILED' | 'TIMED_OUT', reason: string): void {
    this.#end(job, state, { output: undefined, error: Payload.inMemory(JSON.stringify(reason)) });
  }

  #backToQueue(job: JobRecord, changes: Partial<JobRecord>): void {
    const totals = { ...this.#totals, retried: this.#totals.retried + 1 };
    this.#enqueue(job, { ...changes, retries: job.retries + 1 }, totals);
  }

  #enqueue(job: JobRecord, changes: Partial<JobRecord>, totals = this.#totals): void {
    const ticket = this.#nextTicket++;
    this.#table.change(job, { ...NOT_STARTED, chunks: [], state: 'IN_QUEUE', ticket, ...changes }, totals);
    this.#totals = totals;
    this.#running.delete(job.id);
    this.#waiting.add(job.id);
    this.#events.onChange(job);
  }

  #stop(workerId: string | undefined, job: JobRecord): void {
    if (workerId !== undefined) this.#events.onStop(workerId, job.id);
  }

  #end(job: JobRecord, state: EndState, changes: Partial<JobRecord>): void {
    const { runRetentionMs, runSyncRetentionMs } = this.#limits;
    const endedMs = this.#now();
    const expiresMs = endedMs + (job.id.startsWith('sync-') ? runSyncRetentionMs : runRetentionMs);
    // A webhook tells the input once more.
    const isInputNeeded = isRetriable({ state }) || job.webhook !== undefined;
    const input = isInputNeeded ? job.input : undefined;
    const totals = countedAs(state, this.#totals);
    this.#table.change(job, { ...changes, state, input, endedMs, expiresMs, leaseEndsMs: undefined }, totals);
    this.#totals = totals;
    this.#waiting.delete(job.id);
    this.#running.delete(job.id);
    this.#events.onChange(job);
    this.#events.onFinal(job);
  }

  #remove(job: JobRecord): void {
    const worker = workerOf(job);
    this.#table.remove(job);
    this.#waiting.delete(job.id);
    this.#running.delete(job.id);
    this.#stop(worker, job);
    this.#events.onRemoved(job.id);
  }
}

type EndState = Exclude<PlatformJobState, 'IN_QUEUE' | 'IN_PROGRESS'>;

/** Who works on the job now. */
function workerOf({ state, workerId }: JobRecord): string | undefined {
  return state === 'IN_PROGRESS' ? workerId : undefined;
}

function countedAs(state: EndState, totals: Totals): Totals {
  if (state === 'COMPLETED') return { ...totals, completed: totals.completed + 1 };
  return state === 'CANCELLED' ? totals : { ...totals, failed: totals.failed + 1 };
}
