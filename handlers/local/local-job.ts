import type { ProgressListener } from '../../sdk/client/follow-job.ts';
import { Job, type WaitOptions } from '../../sdk/client/job.ts';
import { type CallLimits, startLimits, withinLimits } from '../../sdk/limits.ts';
import { randomId } from '../../sdk/random-id.ts';
import { untilAborted } from '../../sdk/transport/sleep.ts';
import { hasEnded, type JobState } from '../../sdk/transport/transport.ts';
import type { JobResult, Progress, StreamEvent, Task } from '../../sdk/wire.ts';
import type { JobHooks } from '../work/jobs/job-services.ts';
import { EventQueue } from './event-queue.ts';
import { localError } from './local-errors.ts';

/** Does the work of a job. */
export type LocalWork = (hooks: JobHooks) => Promise<JobResult>;

/** A job that this program works on. It starts at once, and waits in line where the engine is busy. */
export class LocalJob<T extends Task = Task> extends Job<T> {
  readonly id = randomId();
  readonly #abort = new AbortController();
  readonly #events = new EventQueue();
  readonly #listeners = new Set<(progress: Progress) => void>();
  readonly #done: Promise<JobResult>;
  #lastProgress: Progress | undefined;
  #state: JobState = 'running';

  constructor(work: LocalWork) {
    super();
    this.#done = this.#run(work);
    // Whoever waits sees the failure; until then it is nobody's.
    this.#done.catch(() => undefined);
  }

  get state(): JobState {
    return this.#state;
  }

  refresh(): Promise<JobState> {
    return Promise.resolve(this.#state);
  }

  wait({ onProgress, ...limits }: WaitOptions = {}): Promise<JobResult> {
    const outcome = (signal: AbortSignal): Promise<JobResult> =>
      untilAborted(onProgress === undefined ? this.#done : this.#whileListening(onProgress), signal);
    return withinLimits(limits, outcome, (reason) => this.#stopIfCanceled(reason));
  }

  async *events(limits: CallLimits = {}): AsyncGenerator<StreamEvent, void> {
    const running = startLimits(limits);
    try {
      yield* this.#events.read(running.signal);
      await this.#done;
    } catch (error) {
      await this.#stopIfCanceled(running.reached());
      throw running.explain(error);
    } finally {
      running.release();
    }
  }

  /** Ends when the engine has let go of the job. */
  async cancel(): Promise<void> {
    if (hasEnded(this.#state)) return;
    this.#abort.abort();
    await this.#done.catch(() => undefined);
  }

  async #run(work: LocalWork): Promise<JobResult> {
    const { signal } = this.#abort;
    try {
      const result = await work({
        requestId: this.id,
        signal,
        progress: (progress) => this.#tell(progress),
        onEvent: (event) => this.#events.push(event),
      });
      this.#state = 'completed';
      return result;
    } catch (error) {
      this.#state = signal.aborted ? 'canceled' : 'failed';
      throw localError(error, this.id);
    } finally {
      this.#events.end();
    }
  }

  #tell(progress: Progress): void {
    this.#lastProgress = progress;
    this.#events.push(progress);
    for (const listener of this.#listeners) listener(progress);
  }

  /** Tells a listener of progress until the end; what it throws ends the job. */
  async #whileListening(onProgress: ProgressListener): Promise<JobResult> {
    let fail: (error: unknown) => void;
    const failed = new Promise<never>((_, reject) => (fail = reject));
    const listener = ({ schemaVersion: _, type: __, ...progress }: Progress): void => {
      try {
        onProgress({ ...progress, jobId: this.id });
      } catch (error) {
        fail(error);
        void this.cancel();
      }
    };
    this.#listeners.add(listener);
    try {
      if (this.#lastProgress !== undefined && !hasEnded(this.#state)) listener(this.#lastProgress);
      return await Promise.race([this.#done, failed]);
    } finally {
      this.#listeners.delete(listener);
    }
  }

  async #stopIfCanceled(reason: 'canceled' | 'deadline' | undefined): Promise<void> {
    if (reason === 'canceled') await this.cancel();
  }
}
