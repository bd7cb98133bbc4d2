import { CanceledError, CapacityError } from '../../../core/errors.ts';
import type { JobResult, StreamEvent } from '../../../sdk/contract/index.ts';
import { serverFailure } from '../operation/free-disk.ts';
import { errorBodyOf } from '../../work/jobs/error-body.ts';
import type { DeskRequest } from './desk-job.ts';
import type { JobFolders } from './job-folders.ts';
import type { LiveJob } from './live-job.ts';
import { WaitEstimate } from './wait-estimate.ts';

/** Runs the work of a job. */
export type RunDeskJob = (
  request: DeskRequest,
  hooks: {
    readonly requestId: string;
    readonly signal: AbortSignal;
    readonly progress: (value: StreamEvent) => void;
    readonly onEvent: (event: StreamEvent) => void;
  },
) => Promise<JobResult>;

export type DeskQueueOptions = {
  readonly files: JobFolders;
  readonly run: RunDeskJob;
  /** Jobs that run at a time. */
  readonly concurrency: number;
  readonly now: () => number;
  /** Told of each job that has ended, for whatever reason. */
  readonly onEnd: (live: LiveJob) => void;
};

/** Jobs that wait, and places in which they run, in the order in which they came. */
export class DeskQueue {
  readonly #options: DeskQueueOptions;
  readonly #waiting: LiveJob[] = [];
  readonly #runs = new Set<LiveJob>();
  readonly #estimate = new WaitEstimate();
  #isClosing = false;

  constructor(options: DeskQueueOptions) {
    this.#options = options;
  }

  get counts(): { readonly queued: number; readonly running: number } {
    return { queued: this.#waiting.length, running: this.#runs.size };
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** How long a job will wait that comes now. */
  get waitSeconds(): number {
    return this.#estimate.secondsAt(this.#waiting.length, this.#options.concurrency);
  }

  add(live: LiveJob): void {
    this.#waiting.push(live);
  }

  /** Takes a job out that waits; false where it does not. */
  remove(live: LiveJob): boolean {
    const index = this.#waiting.indexOf(live);
    if (index >= 0) this.#waiting.splice(index, 1);
    return index >= 0;
  }

  /** Place in the queue, from 1; `undefined` for jobs that do not wait. */
  positionOf(id: string): number | undefined {
    const index = this.#waiting.findIndex(({ job }) => job.id === id);
    return index < 0 ? undefined : index + 1;
  }

  /** Begins what there are places for. */
  startNext(): void {
    while (!this.#isClosing && this.#runs.size < this.#options.concurrency) {
      const live = this.#waiting.shift();
      if (live === undefined) return;
      this.#runs.add(live);
      void this.#run(live).finally(() => {
        this.#runs.delete(live);
        this.startNext();
      });
    }
  }

  async end(live: LiveJob, state: 'completed' | 'failed' | 'canceled', error?: unknown): Promise<void> {
    const failure = error === undefined || state === 'canceled' ? undefined : serverFailure(error);
    if (failure !== undefined && !live.stop.signal.aborted) live.stop.abort(failure);
    const body = failure === undefined ? {} : { error: errorBodyOf(failure, live.job.id) };
    await live.change({ state, endedAtMs: this.#options.now(), ...body }).catch(() => undefined);
    this.#options.onEnd(live);
    live.end();
  }

  /** Begins nothing more, and waits for what runs; after the grace it is stopped. */
  async close(graceMs: number): Promise<void> {
    this.#isClosing = true;
    this.#waiting.splice(0);
    const running = [...this.#runs];
    const timer = setTimeout(() => {
      for (const { stop } of running)
        stop.abort(new CapacityError('overloaded', 'The server was stopped. Send the job again.'));
    }, graceMs);
    await Promise.all(running.map(({ over }) => over));
    clearTimeout(timer);
  }

  async #run(live: LiveJob): Promise<void> {
    const { request, stop } = live;
    const { files, run, now } = this.#options;
    const startedAtMs = now();
    try {
      await live.change({ state: 'running', startedAtMs, attempts: live.job.attempts + 1 });
      stop.signal.throwIfAborted();
      live.result = await run(request, {
        requestId: live.job.id,
        signal: stop.signal,
        progress: (event) => live.tell(event),
        onEvent: (event) => live.tell(event),
      });
      if (request.isKept) await files.writeResult(live.job.id, live.result);
      this.#estimate.add((now() - startedAtMs) / 1000);
      await this.end(live, 'completed');
    } catch (error) {
      // Stopped with the server: the next process begins it again.
      if (this.#isClosing && stop.signal.aborted && request.isKept) {
        await live.change({ state: 'queued' }).catch(() => undefined);
        live.leave();
        return;
      }
      const isCanceled = stop.signal.aborted && stop.signal.reason instanceof CanceledError;
      await this.end(live, isCanceled ? 'canceled' : 'failed', error);
    }
  }
}
