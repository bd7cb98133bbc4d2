import type { RunpodJob } from './job.ts';
import type { LogLevel } from '../log.ts';

/** What a handler may use while it works on one job. */
export type JobContext = {
  /** Aborted when the caller or the platform stops the job, or when the worker must end. Pass it on. */
  readonly signal: AbortSignal;
  /** Tells the caller how far the job is: any JSON value, shown as `output` while the job runs. */
  readonly progress: (value: unknown) => void;
  /** Writes a log line under the id of the job. Never inputs or outputs. */
  readonly log: (level: LogLevel, message: string) => void;
};

/**
 * Does one job.
 *
 * Returns the output, or an async (or plain) iterator whose values are streamed to the caller one by one. A streamed
 * job's final output is what the generator returns, else the list of its values where the worker aggregates, else an
 * empty list. Objects with a truthy `error` fail the job; a truthy `refresh_worker` asks for a fresh worker.
 */
export type JobHandler = (job: RunpodJob, context: JobContext) => unknown;
