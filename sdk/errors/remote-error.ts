import { ERROR_CODES, errorBodySchema, isRetryableCode } from '../contract/error-body.ts';
import type { ColloquyError } from './errors.ts';
import {
  AuthenticationError,
  CanceledError,
  ConnectionError,
  DeadlineError,
  InvalidRequestError,
  JobFailedError,
  NotFoundError,
  PayloadTooLargeError,
  RateLimitError,
  ServiceError,
  type ColloquyErrorOptions,
} from './errors.ts';
import { tryParseJson } from '../parse-json.ts';
import type { TransportFailure } from '../transport/transport-failure.ts';
import { isTransient } from '../transport/retry-timing.ts';
import type { ErrorCode } from '../wire.ts';

/** What a request was for. */
export type RequestKind = 'submit' | 'job' | 'stored-result';

const MAX_TEXT_LENGTH = 500;

function withServerText(message: string, failure: TransportFailure): string {
  return failure.serverMessage === undefined
    ? message
    : `${message} The service says: ${failure.serverMessage}`;
}

/** What a caller hears of a request that failed for good. */
export function fromFailure(failure: TransportFailure, kind: RequestKind, jobId?: string): ColloquyError {
  const { status } = failure;
  const options: ColloquyErrorOptions = {
    status,
    retryable: isTransient(failure),
    requestId: jobId,
    cause: failure,
  };
  const say = (message: string): string => withServerText(message, failure);
  if (failure.kind === 'timeout') {
    return new ConnectionError(
      'remote_failed',
      'The service did not answer in time. Try again, or raise the time-outs.',
      options,
    );
  }
  if (failure.kind === 'network') {
    return new ConnectionError(
      'remote_failed',
      'The service cannot be reached. Check the network and baseUrl.',
      options,
    );
  }
  if (failure.kind === 'malformed') {
    return new ConnectionError(
      'remote_failed',
      'The service sent something that is no reply, or only part of one.',
      options,
    );
  }
  if (kind === 'stored-result' && status !== undefined && !options.retryable) {
    return new NotFoundError(
      'job_expired',
      `The stored result cannot be fetched (${status}): its link works for a limited time. Run the job again.`,
      options,
    );
  }
  if (status === 401 || status === 403) {
    return new AuthenticationError(
      'unauthorized',
      say(`The service refuses the API key (${status}). Check apiKey.`),
      options,
    );
  }
  if (status === 404 && kind === 'job') {
    return new NotFoundError(
      'job_expired',
      say('The job is not known any more: results are kept for a limited time.'),
      options,
    );
  }
  if (status === 404) {
    return new NotFoundError(
      'not_found',
      say('There is no such endpoint. Check endpointId and baseUrl.'),
      options,
    );
  }
  if (status === 413) {
    return new PayloadTooLargeError(
      'audio_too_large',
      say('The request is too large for the service. Use an upload.'),
      options,
    );
  }
  if (status === 429) {
    return new RateLimitError(
      'overloaded',
      say('Too many requests, after all retries. Send fewer at a time.'),
      options,
    );
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return new InvalidRequestError(
      'invalid_option',
      say(`The service refuses the request (${status}).`),
      options,
    );
  }
  return new ServiceError('remote_failed', say(`The service failed (${status ?? 'no status'}).`), options);
}

type WorkerError = {
  code: ErrorCode;
  message: string;
  retryable?: boolean;
  details?: Record<string, unknown>;
};

function isErrorCode(value: unknown): value is ErrorCode {
  return ERROR_CODES.some((code) => code === value);
}

/** Our error body; the form of generic workers, `{ error_type, error_message }`; or plain text. */
function readWorkerError(error: unknown): WorkerError {
  const parsed = typeof error === 'string' ? tryParseJson(error) : undefined;
  const value = parsed === undefined ? error : parsed;
  const body = errorBodySchema.safeParse(value);
  if (body.success) return body.data;
  if (typeof value === 'object' && value !== null) {
    const { code, message, error_message: text, details } = value as Record<string, unknown>;
    const shown = typeof message === 'string' ? message : text;
    return {
      code: isErrorCode(code) ? code : 'remote_failed',
      message:
        typeof shown === 'string' ? shown.slice(0, MAX_TEXT_LENGTH) : 'The job failed without a reason.',
      ...(typeof details === 'object' && details !== null
        ? { details: details as Record<string, unknown> }
        : {}),
    };
  }
  const plain = typeof value === 'string' && value !== '' ? value.slice(0, MAX_TEXT_LENGTH) : undefined;
  return { code: 'remote_failed', message: plain ?? 'The job failed without a reason.' };
}

/**
 * Why a job, or one recording of it, failed.
 *
 * @param cause where the work was done in this program
 */
export function fromWorkerError(error: unknown, jobId: string | undefined, cause?: unknown): ColloquyError {
  const { code, message, retryable, details } = readWorkerError(error);
  const options = { requestId: jobId, retryable: retryable ?? isRetryableCode(code), details, cause };
  if (code === 'canceled') return new CanceledError(code, message, options);
  if (code === 'deadline_exceeded') return new DeadlineError(code, message, options);
  return new JobFailedError(code, message, options);
}
