import * as z from 'zod';
import { ERROR_CODES, type ErrorCode } from '../../core/errors.ts';
import { schemaVersion } from './results/schema-version.ts';

export { ERROR_CODES, type ErrorCode };

const RETRYABLE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'audio_unreachable',
  'model_download_failed',
  'overloaded',
  'out_of_memory',
  'engine_crashed',
  'queue_full',
  'rate_limited',
  'remote_failed',
]);

/** Whether the same job can succeed later, where nobody who knows more says so. */
export function isRetryableCode(code: ErrorCode): boolean {
  return RETRYABLE_CODES.has(code);
}

const detail = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.union([z.string(), z.number()])),
]);

/**
 * What a caller sees of a failure. `message` says what was expected, what came and what to do; neither it nor
 * `details` ever holds audio, text, an embedding, a token, a path of the worker or the query of a URL.
 */
export const errorBodySchema = z.object({
  schemaVersion,
  code: z.enum(ERROR_CODES).describe('Stable code of the failure.'),
  message: z.string().describe('What was expected, what came, what to do.'),
  retryable: z.boolean().describe('Whether the same request can succeed later.'),
  requestId: z.string().nullable().describe('The job or request that failed.'),
  details: z.record(z.string(), detail).describe('Facts about the failure, plain JSON.'),
});
