import { CapacityError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/net/clock.ts';
import type { JobContext } from './handler.ts';
import { JobOutbox } from '../platform/job-outbox.ts';
import type { HeldJob } from './job-pool.ts';
import { logPrefix, type RunpodJob } from './job.ts';
import type { WorkerLog } from '../log.ts';
import type { PlatformClient } from '../platform/platform-client.ts';
import type { Posting, ResultSink } from '../platform/result-sink.ts';
import { runHandler, type FinalResult, type RunHandlerOptions } from './run-handler.ts';
import { toStrictJson } from './strict-json.ts';
import type { WorkerTiming } from '../timing.ts';

/** Why a job's signal was aborted. */
export type AbortReason =
  /** Nobody wants the result any more: nothing is posted. */
  | 'stopped'
  /** The worker has to end: the job is answered with an error at once, whatever its handler does. */
  | 'given back';

export type JobRunnerOptions = Omit<RunHandlerOptions, 'sendChunk'> & {
  readonly client: PlatformClient;
  readonly sink: ResultSink;
  readonly clock: Clock;
  readonly timing: WorkerTiming;
  readonly log: WorkerLog;
  /** A result is on its way that asks for a fresh worker: called before it is posted. */
  readonly onRefresh: () => void;
};

/**
 * Runs a job from its start until its answer is delivered or lost; never rejects.
 *
 * @param freePlace called when the work is done and only its delivery takes time
 */
export async function runHeldJob(
  held: HeldJob,
  options: JobRunnerOptions,
  freePlace: () => void,
): Promise<void> {
  const { job } = held;
  const { signal } = held.controller;
  const outbox = new JobOutbox(job.id, options);
  signal.addEventListener('abort', () => outbox.discard(), { once: true });
  options.log('INFO', `${logPrefix(job)}Started.`, job.id);
  const result = await Promise.race([
    untilGivenBack(signal),
    runHandler(job, jobContext(held, outbox, options.log, freePlace), {
      ...options,
      sendChunk: (valueJson) => outbox.chunk(valueJson),
    }),
  ]);
  if (!isStopped(signal)) await outbox.close();
  if (isStopped(signal)) {
    options.log('INFO', `${logPrefix(job)}Job stopped.`, job.id);
    return;
  }
  held.state = 'answered';
  const posting = postFinal(job, result, options);
  void posting.placeFree.then(freePlace);
  if ((await posting.settled) !== 'lost') options.log('INFO', `${logPrefix(job)}Finished.`, job.id);
}

/** The answer to a job that could not end on this worker. */
export function givenBackBody(
  jobId: string,
  options: Pick<JobRunnerOptions, 'describeError' | 'errorText'>,
): string {
  const error = new CapacityError(
    'overloaded',
    'The worker was shut down before the job ended. Nothing is wrong with the job: submit it again.',
  );
  return JSON.stringify({
    error: options.errorText({ retryable: true, ...options.describeError(error, jobId) }),
  });
}

function postFinal(job: RunpodJob, result: FinalResult | 'given back', options: JobRunnerOptions): Posting {
  const final: FinalResult =
    result === 'given back'
      ? { json: givenBackBody(job.id, options), isStream: false, stopPod: false }
      : result;
  if (final.stopPod) options.onRefresh();
  return options.sink.post(job.id, final.json, final.isStream);
}

function jobContext(held: HeldJob, outbox: JobOutbox, log: WorkerLog, freePlace: () => void): JobContext {
  return {
    signal: held.controller.signal,
    freePlace,
    progress: (value) => outbox.progress(toStrictJson(value)),
    log: (level, message) => log(level, logPrefix(held.job) + message, held.job.id),
  };
}

function untilGivenBack(signal: AbortSignal): Promise<'given back'> {
  const reason: AbortReason = 'given back';
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      if (signal.reason === reason) resolve(reason);
    });
  });
}

function isStopped(signal: AbortSignal): boolean {
  const reason: AbortReason = 'stopped';
  return signal.reason === reason;
}
