import type { RunpodJob } from './job.ts';

/** One job that the worker has taken and not yet answered. */
export type HeldJob = {
  readonly job: RunpodJob;
  readonly controller: AbortController;
  /** `waiting` for a place, `running`, then `answered`: from then on nothing about it may change. */
  state: 'waiting' | 'running' | 'answered';
};

export type JobPoolOptions = {
  /** Works on one job until it no longer needs its place; never rejects. */
  readonly run: (held: HeldJob) => Promise<void>;
  /** Called after every change: ids in hand, and perhaps a free place. */
  readonly onChange: () => void;
};

/**
 * The jobs in hand. At most `limit` run at once; what was delivered beyond that waits its turn. The limit may change
 * at any time: it never stops a job, it only decides when the next one starts.
 */
export class JobPool {
  readonly #run: (held: HeldJob) => Promise<void>;
  readonly #onChange: () => void;
  readonly #held = new Map<string, HeldJob>();
  /** Jobs without a place whose result is still being posted. */
  readonly #undelivered = new Set<string>();
  #limit: number;
  #places = 0;

  constructor(limit: number, options: JobPoolOptions) {
    this.#limit = limit;
    this.#run = options.run;
    this.#onChange = options.onChange;
  }

  /** Ids that the platform should believe to be in progress here. */
  get ids(): readonly string[] {
    return [...new Set([...this.#held.keys(), ...this.#undelivered])];
  }

  /** Jobs that run or wait for a place. */
  get count(): number {
    return this.#held.size;
  }

  /** How many more jobs could start at once. */
  get free(): number {
    return Math.max(0, this.#limit - this.#held.size);
  }

  get jobs(): readonly HeldJob[] {
    return [...this.#held.values()];
  }

  resize(limit: number): void {
    if (limit === this.#limit) return;
    this.#limit = limit;
    this.#startWaiting();
    this.#onChange();
  }

  /**
   * Takes jobs in; returns those that are in hand already and are left out: two results for one job must not exist.
   */
  accept(jobs: readonly RunpodJob[]): readonly RunpodJob[] {
    const repeated = jobs.filter((job, index) => this.#isKnown(job.id) || isAmong(job, jobs.slice(0, index)));
    for (const job of jobs) {
      if (repeated.includes(job)) continue;
      this.#held.set(job.id, { job, controller: new AbortController(), state: 'waiting' });
    }
    // All are told before the first handler starts, which may block this thread for long.
    this.#onChange();
    this.#startWaiting();
    return repeated;
  }

  /** Keeps the id of a job among those in progress after its place went to the next one. */
  keepUntilDelivered(jobId: string, settled: Promise<unknown>): void {
    this.#undelivered.add(jobId);
    void settled.finally(() => {
      this.#undelivered.delete(jobId);
      this.#onChange();
    });
  }

  /**
   * Aborts a job for the given reason; one that never started is forgotten at once. False when the job is not in
   * hand or its answer is on its way already.
   */
  abort(jobId: string, reason: unknown): boolean {
    const held = this.#held.get(jobId);
    if (held === undefined || held.state === 'answered') return false;
    held.controller.abort(reason);
    if (held.state === 'waiting') this.#forget(jobId);
    return true;
  }

  #isKnown(jobId: string): boolean {
    return this.#held.has(jobId) || this.#undelivered.has(jobId);
  }

  #startWaiting(): void {
    for (const held of this.#held.values()) {
      if (this.#places >= this.#limit) return;
      if (held.state === 'waiting') this.#start(held);
    }
  }

  #start(held: HeldJob): void {
    held.state = 'running';
    this.#places += 1;
    void this.#run(held).finally(() => {
      this.#places -= 1;
      this.#forget(held.job.id);
    });
  }

  #forget(jobId: string): void {
    this.#held.delete(jobId);
    this.#onChange();
    this.#startWaiting();
  }
}

function isAmong(job: RunpodJob, others: readonly RunpodJob[]): boolean {
  return others.some(({ id }) => id === job.id);
}
