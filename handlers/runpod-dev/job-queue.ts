import {
  createJob,
  idempotencyKeyOf,
  isFinal,
  NOT_STARTED,
  type JobRecord,
  type QueuedRequest,
} from './job-record.ts';
import type { PlatformLimits } from './platform-limits.ts';

/** What a worker posts when it has done a job. */
export type PostedResult = { readonly output?: unknown; readonly error?: unknown };

export type JobQueueEvents = {
  /** A job has changed or is new; everything that must outlive the process is in the record. */
  readonly onChange: (job: JobRecord) => void;
  /** A value was added to the stream of a job. */
  readonly onChunk: (job: JobRecord, chunk: unknown) => void;
  readonly onRemoved: (jobId: string) => void;
  /** The job has just reached a final state. */
  readonly onFinal: (job: JobRecord) => void;
  /** Work on this job is in vain: the worker shall stop it. */
  readonly onStop: (workerId: string, jobId: string) => void;
};

export type JobCounts = {
  readonly inQueue: number;
  readonly inProgress: number;
  readonly completed: number;
  readonly failed: number;
  readonly retried: number;
};

/**
 * The queue: every job of an endpoint and its way from IN_QUEUE to a final state. Holds no timers and no sockets;
 * the time is given with `tick` and by `now`.
 *
 * The first final result of a job counts, from whichever worker; all later ones are ignored, so that no job has two.
 */
export class JobQueue {
  readonly #limits: PlatformLimits;
  readonly #events: JobQueueEvents;
  readonly #now: () => number;
  readonly #jobs = new Map<string, JobRecord>();
  /** Ids in the order in which they are taken. */
  readonly #waiting = new Set<string>();
  readonly #running = new Set<string>();
  /** Idempotency key -> id of the last job that came with it. */
  readonly #idOfKey = new Map<string, string>();
  readonly #totals = { completed: 0, failed: 0, retried: 0 };
  #nextTicket = 1;

  constructor(limits: PlatformLimits, events: JobQueueEvents, now: () => number = Date.now) {
    this.#limits = limits;
    this.#events = events;
    this.#now = now;
  }

  /** Puts back the jobs of an earlier process. Running ones get a fresh lease: their workers may live. */
  restore(jobs: Iterable<JobRecord>): void {
    for (const job of [...jobs].sort((a, b) => a.ticket - b.ticket)) {
      this.#add(job);
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

  get all(): Iterable<JobRecord> {
    return this.#jobs.values();
  }

  counts(): JobCounts {
    return { inQueue: this.#waiting.size, inProgress: this.#running.size, ...this.#totals };
  }

  get(jobId: string): JobRecord | undefined {
    return this.#jobs.get(jobId);
  }

  /** Ids of the jobs that a worker holds. */
  heldBy(workerId: string): readonly string[] {
    return [...this.#running].filter((id) => this.#jobs.get(id)?.workerId === workerId);
  }

  submit(submission: QueuedRequest): JobRecord {
    const job = createJob(submission, this.#limits, this.#nextTicket++, this.#now());
    this.#add(job);
    this.#waiting.add(job.id);
    this.#events.onChange(job);
    return job;
  }

  /** The job that this input was submitted as before: it has the same idempotency key, and may yet be of use. */
  submittedAs(input: unknown): JobRecord | undefined {
    const key = idempotencyKeyOf(input);
    const job = key === undefined ? undefined : this.#jobs.get(this.#idOfKey.get(key) ?? '');
    return job === undefined || (isFinal(job.state) && job.state !== 'COMPLETED') ? undefined : job;
  }

  /** Hands out up to `count` jobs, oldest first. */
  take(workerId: string, count: number): JobRecord[] {
    const taken: JobRecord[] = [];
    for (const id of this.#waiting) {
      if (taken.length >= count) break;
      const job = this.#jobs.get(id)!;
      this.#waiting.delete(id);
      this.#running.add(id);
      job.state = 'IN_PROGRESS';
      job.workerId = workerId;
      job.attempts += 1;
      job.startedMs = this.#now();
      job.leaseEndsMs = this.#now() + this.#limits.leaseMs;
      this.#events.onChange(job);
      taken.push(job);
    }
    return taken;
  }

  /** Takes back jobs whose delivery failed: the worker never saw them, so it is no attempt. */
  undeliver(workerId: string, jobIds: readonly string[]): void {
    for (const id of jobIds) {
      const job = this.#heldJob(workerId, id);
      if (job === undefined) continue;
      job.attempts -= 1;
      this.#enqueue(job);
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
    for (const id of this.heldBy(workerId)) this.#lost(this.#jobs.get(id)!);
  }

  /** Progress of a running job; false when the worker does not hold it. */
  progress(workerId: string, jobId: string, output: unknown): boolean {
    const job = this.#heldJob(workerId, jobId);
    if (job === undefined) return false;
    job.output = output;
    job.leaseEndsMs = this.#now() + this.#limits.leaseMs;
    this.#events.onChange(job);
    return true;
  }

  /** A streamed value of a running job; false when the worker does not hold it. */
  chunk(workerId: string, jobId: string, output: unknown): boolean {
    const job = this.#heldJob(workerId, jobId);
    if (job === undefined) return false;
    job.chunks.push(output);
    this.#events.onChunk(job, output);
    return true;
  }

  /** Streamed values since the last call. */
  drain(job: JobRecord): unknown[] {
    if (job.chunks.length === 0) return [];
    const chunks = job.chunks;
    job.chunks = [];
    this.#events.onChange(job);
    return chunks;
  }

  /**
   * A final result. Text in `error` fails the job; any other truthy `error` loses the output, as on the platform.
   * False when the job is unknown or over already.
   */
  finish(workerId: string, jobId: string, result: PostedResult): boolean {
    const job = this.#jobs.get(jobId);
    if (job === undefined || isFinal(job.state)) return false;
    if (job.workerId !== undefined && job.workerId !== workerId) this.#events.onStop(job.workerId, jobId);
    job.workerId = workerId;
    job.startedMs ??= this.#now();
    const failed = typeof result.error === 'string';
    job.output = result.error && !failed ? undefined : result.output;
    job.error = failed ? result.error : undefined;
    this.#end(job, failed ? 'FAILED' : 'COMPLETED');
    return true;
  }

  /** Ends a job that is not over; false for one that is. */
  cancel(job: JobRecord): boolean {
    if (isFinal(job.state)) return false;
    this.#stopWork(job);
    job.output = undefined;
    this.#end(job, 'CANCELLED');
    return true;
  }

  /** Puts a failed job into the queue again, with its id and input; false for any other. */
  retry(job: JobRecord): boolean {
    if (job.state !== 'FAILED' && job.state !== 'TIMED_OUT') return false;
    job.attempts = 0;
    job.expiresMs = this.#now() + this.#limits.ttlMs;
    this.#backToQueue(job);
    return true;
  }

  /** Removes all jobs that nobody has taken; returns how many. */
  purge(): number {
    const ids = [...this.#waiting];
    for (const id of ids) this.#remove(this.#jobs.get(id)!);
    return ids.length;
  }

  setTtl(job: JobRecord, ttlMs: number): void {
    job.expiresMs = job.createdMs + ttlMs;
    this.#events.onChange(job);
  }

  /** Applies what time has brought: lost leases, execution timeouts, the end of lives and of retention. */
  tick(): void {
    const now = this.#now();
    for (const id of this.#running) {
      const job = this.#jobs.get(id)!;
      if (now - job.startedMs! >= job.executionTimeoutMs) {
        this.#stopWork(job);
        job.output = undefined;
        job.error = `The job ran longer than ${job.executionTimeoutMs} ms.`;
        this.#end(job, 'TIMED_OUT');
      } else if (now >= job.leaseEndsMs!) this.#lost(job);
    }
    for (const job of this.#jobs.values()) {
      if (now < job.expiresMs) continue;
      this.#stopWork(job);
      this.#remove(job);
    }
  }

  #add(job: JobRecord): void {
    this.#jobs.set(job.id, job);
    const key = idempotencyKeyOf(job.input);
    if (key !== undefined) this.#idOfKey.set(key, job.id);
  }

  #heldJob(workerId: string, jobId: string): JobRecord | undefined {
    const job = this.#jobs.get(jobId);
    return job?.state === 'IN_PROGRESS' && job.workerId === workerId ? job : undefined;
  }

  #lost(job: JobRecord): void {
    if (job.attempts < this.#limits.maxAttempts) {
      this.#backToQueue(job);
      return;
    }
    job.output = undefined;
    job.error = `The job lost its worker ${job.attempts} times and is not tried again.`;
    this.#end(job, 'FAILED');
  }

  #backToQueue(job: JobRecord): void {
    this.#totals.retried += 1;
    job.retries += 1;
    this.#enqueue(job);
  }

  #enqueue(job: JobRecord): void {
    this.#running.delete(job.id);
    this.#waiting.add(job.id);
    job.state = 'IN_QUEUE';
    job.ticket = this.#nextTicket++;
    Object.assign(job, NOT_STARTED);
    job.chunks = [];
    this.#events.onChange(job);
  }

  #stopWork(job: JobRecord): void {
    if (job.state === 'IN_PROGRESS' && job.workerId !== undefined) this.#events.onStop(job.workerId, job.id);
  }

  #end(job: JobRecord, state: 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT'): void {
    this.#waiting.delete(job.id);
    this.#running.delete(job.id);
    if (state === 'COMPLETED') this.#totals.completed += 1;
    if (state === 'FAILED' || state === 'TIMED_OUT') this.#totals.failed += 1;
    job.state = state;
    job.endedMs = this.#now();
    job.leaseEndsMs = undefined;
    const { runRetentionMs, runSyncRetentionMs } = this.#limits;
    const retentionMs = job.id.startsWith('sync-') ? runSyncRetentionMs : runRetentionMs;
    job.expiresMs = job.endedMs + retentionMs;
    this.#events.onChange(job);
    this.#events.onFinal(job);
  }

  #remove(job: JobRecord): void {
    this.#waiting.delete(job.id);
    this.#running.delete(job.id);
    this.#jobs.delete(job.id);
    const key = idempotencyKeyOf(job.input);
    if (key !== undefined && this.#idOfKey.get(key) === job.id) this.#idOfKey.delete(key);
    this.#events.onRemoved(job.id);
  }
}
