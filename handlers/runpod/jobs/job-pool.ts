import type { RunpodJob } from './job.ts';

/** One job that the worker has taken and not yet answered. */
export type HeldJob = {
  readonly job: RunpodJob;
  readonly controller: AbortController;
  /** `waiting` for a place, `running`, then `answered`: from then on nothing about it may change. */
  state: 'waiting' | 'running' | 'answered';
  /** It takes part in what may run at once: it waits for a place, or has one. */
  counts: boolean;
};

export type JobPoolOptions = {
  /**
   * Works on one job until its answer is delivered; never rejects.
   *
   * @param freePlace lets the next job start before that: what remains takes time, but no work
   */
  readonly run: (held: HeldJob, freePlace: () => void) => Promise<void>;
  /** Called after every change: ids in hand, and perhaps a free place. */
  readonly onChange: () => void;
};

/**
 * The jobs in hand. At most `limit` run at once; what was delivered beyond that waits its turn. The limit may change
 * at any time: it never stops a job, it only decides when the next one starts.
 */
export class JobPool {
  readonly #run: JobPoolOptions['run'];
  readonly #onChange: () => void;
  readonly #held = new Map<string, HeldJob>();
  /** Jobs that never had a place whose answer is being posted. */
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

  /** Jobs that have a place or wait for one. */
  get count(): number {
    return this.jobs.filter(({ counts }) => counts).length;
  }

  /** How many more jobs could start at once. */
  get free(): number {
    return Math.max(0, this.#limit - this.count);
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
      this.#held.set(job.id, { job, controller: new AbortController(), state: 'waiting', counts: true });
    }
    // All are told before the first handler starts, which may block this thread for long.
    this.#onChange();
    this.#startWaiting();
    return repeated;
  }

  /** Keeps the id of a job that never started among those in progress while its answer is on its way. */
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
    const freePlace = (): void => {
      if (!held.counts) return;
      held.counts = false;
      this.#places -= 1;
      this.#onChange();
      this.#startWaiting();
    };
    void this.#run(held, freePlace).finally(() => {
      freePlace();
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
