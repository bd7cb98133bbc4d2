import type { WorkerTiming } from './timing.ts';

/**
 * The end of a worker, in steps that are never taken back:
 *
 * 1. no more polls begin, once it was asked to stop or to refresh;
 * 2. the open poll is given up: a job that comes now would come too late;
 * 3. the time of running jobs is over, and they are given back;
 * 4. posts of results are not repeated any more;
 * 5. all is over.
 */
export class Shutdown {
  readonly #noMorePolls = new AbortController();
  readonly #giveUpPoll = new AbortController();
  readonly #giveUpPosts = new AbortController();
  readonly #over = new AbortController();
  readonly #timing: Pick<WorkerTiming, 'latePollMs' | 'lastPostsMs'>;
  readonly #timers = new Set<NodeJS.Timeout>();
  #drainTimer: NodeJS.Timeout | undefined;

  constructor(timing: Pick<WorkerTiming, 'latePollMs' | 'lastPostsMs'>) {
    this.#timing = timing;
  }

  get noMorePolls(): AbortSignal {
    return this.#noMorePolls.signal;
  }

  get giveUpPoll(): AbortSignal {
    return this.#giveUpPoll.signal;
  }

  get giveUpPosts(): AbortSignal {
    return this.#giveUpPosts.signal;
  }

  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Step 1, and step 2 after a while. */
  endPolls(): void {
    if (this.noMorePolls.aborted) return;
    this.#noMorePolls.abort();
    this.#later(this.#timing.latePollMs, () => this.#giveUpPoll.abort());
  }

  /** Steps 1 to 4; a second call sets the time of running jobs anew. */
  drain(drainMs: number, giveBackJobs: () => void): void {
    if (this.over.aborted) return;
    this.endPolls();
    clearTimeout(this.#drainTimer);
    this.#drainTimer = this.#later(drainMs, () => {
      this.#giveUpPoll.abort();
      giveBackJobs();
      this.#later(this.#timing.lastPostsMs, () => this.#giveUpPosts.abort());
    });
  }

  /** Step 5. No timer is left. */
  finish(): void {
    this.#over.abort();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #later(delayMs: number, step: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      step();
    }, delayMs);
    this.#timers.add(timer);
    return timer;
  }
}
