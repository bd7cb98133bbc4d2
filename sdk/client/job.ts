import { InvalidRequestError, type ColloquyError } from '../errors/errors.ts';
import { followJob, type ProgressListener } from './follow-job.ts';
import { eventsOf } from './job-events.ts';
import { startLimits, withinLimits, type CallLimits } from '../limits.ts';
import { readOutput } from './read-output.ts';
import { fromWorkerError } from '../errors/remote-error.ts';
import { withHelpers, type Outcome, type ResultOf, type WireResult } from './results.ts';
import type { Service } from './service.ts';
import { hasEnded, type JobSnapshot, type JobState } from '../transport/transport.ts';
import type { JobResult, StreamEvent, Task } from '../wire.ts';

/** Limits and progress of a wait. */
export type WaitOptions = CallLimits & { readonly onProgress?: ProgressListener | undefined };

/**
 * A job on the platform. It runs whether or not anybody holds this object; `client.get(id)` finds it again.
 *
 * Aborting the signal of any wait cancels the job; a `timeoutMs` that passes only ends the wait.
 */
export class Job<T extends Task = Task> {
  readonly id: string;
  readonly #service: Service;
  #last: JobSnapshot;

  /** Made by `client.submit` and `client.get`. */
  constructor(service: Service, snapshot: JobSnapshot) {
    this.#service = service;
    this.#last = snapshot;
    this.id = snapshot.id;
  }

  /** The state when the job was last looked at. */
  get state(): JobState {
    return this.#last.state;
  }

  /** Looks at the job once. */
  async refresh(limits: CallLimits = {}): Promise<JobState> {
    if (!hasEnded(this.#last.state)) {
      this.#last = await withinLimits(limits, (signal) => this.#service.status(this.id, signal));
    }
    return this.#last.state;
  }

  /**
   * Waits for the end and returns everything: every recording, warnings, metadata.
   *
   * @throws JobFailedError, CanceledError, DeadlineError, NotFoundError `job_expired`, and other ColloquyErrors
   */
  wait(options: WaitOptions = {}): Promise<JobResult> {
    return this.#whileWaiting(options, async (signal) => {
      if (!hasEnded(this.#last.state)) {
        this.#last = await followJob(this.#service, this.id, signal, options.onProgress);
      }
      return readOutput(this.#last, this.#service, signal);
    });
  }

  /**
   * Waits for the end and returns the result of the only recording.
   *
   * @throws what `wait` throws; the failure of the recording; InvalidRequestError for a job of several recordings
   */
  async result(options: WaitOptions = {}): Promise<ResultOf<T>> {
    const outcomes = await this.results(options);
    if (outcomes.length !== 1) {
      throw new InvalidRequestError(
        'invalid_option',
        `The job has ${outcomes.length} recordings: use results().`,
      );
    }
    const outcome = outcomes[0]!;
    if ('error' in outcome) throw outcome.error;
    return outcome.result;
  }

  /** Waits for the end and returns the outcome of every recording, in the order of the request. */
  async results(options: WaitOptions = {}): Promise<Outcome<T>[]> {
    const job = await this.wait(options);
    return job.results.map((outcome): Outcome<T> => {
      if ('error' in outcome) return { index: outcome.index, error: this.#recordingError(outcome.error) };
      const result = withHelpers(job.task as T, outcome.result as WireResult<T>);
      return { index: outcome.index, result, files: outcome.files ?? [] };
    });
  }

  /**
   * The events of the job as they come. The iteration ends with the job; it throws when the job fails. Each event
   * comes once, to one reader.
   */
  async *events(limits: CallLimits = {}): AsyncGenerator<StreamEvent, void> {
    const running = startLimits(limits);
    try {
      running.signal.throwIfAborted();
      this.#last = yield* eventsOf(this.#service, this.id, running.signal);
      await readOutput(this.#last, this.#service, running.signal);
    } catch (error) {
      await this.#abandonIfCanceled(running.reached());
      throw running.explain(error);
    } finally {
      running.release();
    }
  }

  /** Stops the job. A job that has ended stays as it is. */
  async cancel(limits: CallLimits = {}): Promise<void> {
    if (hasEnded(this.#last.state)) return;
    await withinLimits(limits, (signal) => this.#service.cancel(this.id, signal));
  }

  #recordingError(error: unknown): ColloquyError {
    return fromWorkerError(error, this.id);
  }

  #whileWaiting<R>(limits: CallLimits, work: (signal: AbortSignal) => Promise<R>): Promise<R> {
    return withinLimits(limits, work, (reason) => this.#abandonIfCanceled(reason));
  }

  async #abandonIfCanceled(reason: 'canceled' | 'deadline' | undefined): Promise<void> {
    if (reason === 'canceled' && !hasEnded(this.#last.state)) await this.#service.abandon(this.id);
  }
}
