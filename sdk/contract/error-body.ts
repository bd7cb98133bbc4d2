import * as z from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import { schemaVersion } from './schema-version.ts';

/**
 * All codes that a caller can meet, by who has to act. The same list as `ERROR_CODES` of `core/errors.ts`, which a
 * browser must not need; `test/contract/error-codes.test.ts` proves that both agree.
 */
export const ERROR_CODES = [
  // The caller's input is wrong.
  'invalid_option',
  'unsupported_audio',
  'corrupt_audio',
  'audio_too_short',
  'audio_too_long',
  'audio_too_large',
  'invalid_file',
  'embedding_space_mismatch',
  'insufficient_speech',
  'poor_quality',
  // The input cannot be had.
  'audio_unreachable',
  'audio_url_forbidden',
  'file_not_found',
  'file_not_readable',
  'not_found',
  // The output cannot be written.
  'output_not_writable',
  'output_too_large',
  // The operator's set-up is wrong.
  'model_missing',
  'model_unknown',
  'model_checksum_mismatch',
  'model_shape_mismatch',
  'model_download_failed',
  'provider_unavailable',
  'inference_failed',
  'dependency_missing',
  'configuration_invalid',
  // Wait and try again.
  'overloaded',
  'out_of_memory',
  'engine_crashed',
  // Somebody stopped it.
  'canceled',
  'deadline_exceeded',
  // A remote service.
  'unauthorized',
  'remote_failed',
  'job_expired',
  // We are wrong.
  'invariant_violated',
] as const;

/** A failure as a stable code. */
export type ErrorCode = (typeof ERROR_CODES)[number];

const RETRYABLE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'audio_unreachable',
  'model_download_failed',
  'overloaded',
  'out_of_memory',
  'engine_crashed',
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

/** A failure on the wire. */
export type ErrorBody = DeepReadonly<z.infer<typeof errorBodySchema>>;
