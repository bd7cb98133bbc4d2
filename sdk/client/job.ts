import { InvalidRequestError } from '../errors/errors.ts';
import { fromWorkerError } from '../errors/remote-error.ts';
import type { CallLimits } from '../limits.ts';
import type { JobState } from '../transport/transport.ts';
import type { JobResult, StreamEvent, Task } from '../wire.ts';
import type { ProgressListener } from './follow-job.ts';
import { type Outcome, type ResultOf, type WireResult, withHelpers } from './results.ts';

/** Limits and progress of a wait. */
export type WaitOptions = CallLimits & {
  /** Told how far the job is. @default nobody is told */
  readonly onProgress?: ProgressListener | undefined;
};

/**
 * A job on its way, wherever it runs: it goes on whether or not anybody holds this object.
 *
 * Aborting the signal of any wait cancels the job; a `timeoutMs` that passes only ends the wait.
 */
export abstract class Job<T extends Task = Task> {
  abstract readonly id: string;

  /** The state when the job was last looked at. */
  abstract get state(): JobState;

  /** Looks at the job once. */
  abstract refresh(limits?: CallLimits): Promise<JobState>;

  /**
   * Waits for the end and returns everything: every recording, warnings, metadata.
   *
   * @throws JobFailedError, CanceledError, DeadlineError, NotFoundError `job_expired`, and other ColloquyErrors
   */
  abstract wait(options?: WaitOptions): Promise<JobResult>;

  /**
   * The events of the job as they come. The iteration ends with the job; it throws when the job fails. Each event
   * comes once, to one reader.
   */
  abstract events(limits?: CallLimits): AsyncGenerator<StreamEvent, void>;

  /** Stops the job. A job that has ended stays as it is. */
  abstract cancel(limits?: CallLimits): Promise<void>;

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
      if ('error' in outcome) return { index: outcome.index, error: fromWorkerError(outcome.error, this.id) };
      const result = withHelpers(job.task as T, outcome.result as WireResult<T>);
      return { index: outcome.index, result, files: outcome.files ?? [] };
    });
  }
}
