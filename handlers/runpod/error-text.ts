import { isSpeechError } from '../../core/errors.ts';
import type { WorkerEnvironment } from './environment.ts';
import { PROTOCOL_VERSION } from './platform/identity.ts';

/** What a caller is told about a failure; becomes JSON text, since the platform reads only text as FAILED. */
export type ErrorDescription = Readonly<Record<string, unknown>>;

/**
 * Name and message of an error, and code and details where it is one of ours. No stack: it holds paths, and the
 * caller cannot do anything with it.
 */
export function describeError(error: unknown): ErrorDescription {
  if (isSpeechError(error)) {
    const details = Object.keys(error.details).length > 0 ? { details: error.details } : {};
    return { error_type: error.name, error_message: error.message, code: error.code, ...details };
  }
  if (error instanceof Error) return { error_type: error.name, error_message: error.message };
  return {
    error_type: 'Error',
    error_message: typeof error === 'string' ? error : 'The handler threw a value that is not an error.',
  };
}

/** The `error` of a result body: the description, and who failed. */
export function errorText(description: ErrorDescription, environment: WorkerEnvironment): string {
  return JSON.stringify({
    ...description,
    hostname: environment.hostname,
    // An id that was made up here tells nobody anything.
    worker_id: environment.workerIdIsGiven ? environment.workerId : 'unknown',
    runpod_version: PROTOCOL_VERSION,
  });
}
