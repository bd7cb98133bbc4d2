import type { SpeechError } from '../../../core/errors.ts';
import { SCHEMA_VERSION, type ErrorBody } from '../../../sdk/contract/index.ts';
import { isRetryable } from '../../errors/error-mapping.ts';

/** A failure as the contract writes it. */
export function errorBodyOf(error: SpeechError, requestId: string | null): ErrorBody {
  return {
    schemaVersion: SCHEMA_VERSION,
    code: error.code,
    message: error.message,
    retryable: isRetryable(error),
    requestId,
    details: error.details,
  };
}
