import type { WorkerEnvironment } from '../environment.ts';
import { describeError, errorText, type ErrorDescription } from '../error-text.ts';
import type { JobHandler } from '../jobs/handler.ts';
import type { RunpodJob } from '../jobs/job.ts';
import type { WorkerLog } from '../log.ts';
import type { ResultBody } from '../jobs/result-body.ts';
import { runHandler } from '../jobs/run-handler.ts';

export type RunLocallyOptions = {
  readonly handler: JobHandler;
  readonly environment: WorkerEnvironment;
  readonly describeError?: ((error: unknown, jobId: string) => ErrorDescription) | undefined;
  readonly log: WorkerLog;
  readonly signal?: AbortSignal;
};

/** What a job came to without a platform: the body that would have been posted, and what was streamed. */
export type LocalResult = {
  readonly body: ResultBody;
  readonly isStream: boolean;
  readonly chunks: readonly unknown[];
};

/** Runs one job in this process with the rules of the queue worker; a stream's values are kept. Never rejects. */
export async function runLocally(job: RunpodJob, options: RunLocallyOptions): Promise<LocalResult> {
  const chunks: unknown[] = [];
  const { log } = options;
  log('INFO', 'Started.', job.id);
  const result = await runHandler(
    job,
    {
      signal: options.signal ?? new AbortController().signal,
      progress: () => undefined,
      freePlace: () => undefined,
      log: (level, message) => log(level, message, job.id),
    },
    {
      handler: options.handler,
      aggregateStream: true,
      refreshWorker: false,
      oversizedResult: undefined,
      describeError: options.describeError ?? describeError,
      errorText: (description) => errorText(description, options.environment),
      sendChunk: (valueJson) => {
        chunks.push(JSON.parse(valueJson));
        return Promise.resolve();
      },
    },
  );
  return { body: JSON.parse(result.json) as ResultBody, isStream: result.isStream, chunks };
}
