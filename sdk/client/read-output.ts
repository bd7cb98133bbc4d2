import { jobOutputSchema, jobResultSchema } from '../contract/results/job-result.ts';
import { CanceledError, ConnectionError, DeadlineError, ServiceError } from '../errors/errors.ts';
import { fromWorkerError } from '../errors/remote-error.ts';
import { sendReliably } from './send-reliably.ts';
import type { Service } from './service.ts';
import { requestJson } from '../transport/json-http.ts';
import type { JobSnapshot } from '../transport/transport.ts';
import type { JobResult } from '../wire.ts';

/** A result of many hours takes a while over a slow line. */
const STORED_RESULT_TIMEOUT_MS = 600_000;

/** A streaming worker returns the list of its events; the last result in it counts. */
function lastResult(output: unknown): unknown {
  if (!Array.isArray(output)) return output;
  const results = (output as readonly unknown[]).filter(
    (event): event is { output: unknown } =>
      typeof event === 'object' &&
      event !== null &&
      'type' in event &&
      event.type === 'result' &&
      'output' in event,
  );
  return results.at(-1)?.output;
}

/** Fetches a result that was too large for the reply. Its address is a key: it is in no message. */
function fetchStored(url: string, service: Service, jobId: string, signal: AbortSignal): Promise<unknown> {
  const { options } = service;
  const fetchFunction = options.fetch ?? ((address: string, init: RequestInit) => fetch(address, init));
  const send = (): Promise<unknown> =>
    requestJson(fetchFunction, { method: 'GET', url, timeoutMs: STORED_RESULT_TIMEOUT_MS, signal });
  return sendReliably(send, { kind: 'stored-result', jobId }, options, signal);
}

function notUnderstood(jobId: string, cause: unknown): ConnectionError {
  return new ConnectionError(
    'remote_failed',
    'The job has ended, but its output is not a result of this version. Is another worker behind this endpoint?',
    { requestId: jobId, cause },
  );
}

/**
 * What an ended job returned.
 *
 * @throws JobFailedError with the code of the worker; CanceledError; DeadlineError; ServiceError or ConnectionError
 * `remote_failed` for an output that is missing or is no result; NotFoundError `job_expired` when the link to a stored
 * result has expired
 */
export async function readOutput(
  snapshot: JobSnapshot,
  service: Service,
  signal: AbortSignal,
): Promise<JobResult> {
  const { id, state, output, error } = snapshot;
  if (state === 'failed') throw fromWorkerError(error, id);
  if (state === 'canceled') throw new CanceledError('canceled', 'The job was canceled.', { requestId: id });
  if (state === 'timed-out') {
    throw new DeadlineError(
      'deadline_exceeded',
      'The platform ended the job: raise policy.executionTimeoutMs.',
      {
        requestId: id,
      },
    );
  }
  const value = lastResult(output);
  if (value === undefined || value === null) {
    throw new ServiceError(
      'remote_failed',
      'The job has ended without an output; the platform drops large ones.',
      {
        requestId: id,
        retryable: true,
      },
    );
  }
  const parsed = jobOutputSchema.safeParse(value);
  if (!parsed.success) throw notUnderstood(id, parsed.error);
  if (!('storedResult' in parsed.data)) return value as JobResult;
  const stored = await fetchStored(parsed.data.storedResult.url, service, id, signal);
  const result = jobResultSchema.safeParse(stored);
  if (!result.success) throw notUnderstood(id, result.error);
  // As it came, not as it was parsed: a newer worker may have added fields.
  return stored as JobResult;
}
