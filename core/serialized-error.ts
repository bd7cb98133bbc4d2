/** Errors as plain JSON, for crossing a process border; stack and cause stay behind. */
import { machineLimit } from './machine-limits.ts';
import { errorOfCode, isSpeechError, type ErrorCode, type ErrorDetails, type SpeechError } from './errors.ts';

export type SerializedError = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  readonly retryable?: boolean;
};

/** What a caller may see of any thrown value: foreign errors become `invariant_violated` without their text. */
export function serializeError(thrown: unknown): SerializedError {
  const error = isSpeechError(thrown) ? thrown : machineLimit(thrown);
  if (error !== undefined) {
    const { code, message, details, retryable } = error;
    return { code, message, details, ...(retryable === undefined ? {} : { retryable }) };
  }
  return { code: 'invariant_violated', message: 'Unexpected internal error.', details: {} };
}

/** The inverse of `serializeError`. */
export function deserializeError({ code, message, details, retryable }: SerializedError): SpeechError {
  return errorOfCode(code, message, { details, retryable });
}
