import type { SpeechError } from '../../../core/errors.ts';
import { ERROR_MEANINGS, EXIT_CODES, isRetryable } from '../../errors/error-mapping.ts';
import { InputReplaced } from '../store/batch-store.ts';

/**
 * What is to be done about a failed attempt.
 *
 * - `permanent`: the recording itself; a dead letter at once
 * - `transient`: another attempt, later
 * - `systemic`: set-up or a service; if the next items fail alike, nobody works on until it is mended
 * - `replaced`: the recording is another one by now
 */
export type FailureClass = 'permanent' | 'transient' | 'systemic' | 'replaced';

/** Errors that a batch tries again though a single job would not: a disk that fills up, a run that was too slow. */
const WORTH_ANOTHER_TRY: ReadonlySet<string> = new Set(['deadline_exceeded', 'output_not_writable']);

const SYSTEMIC: ReadonlySet<string> = new Set([
  'unauthorized',
  'output_not_writable',
  'configuration_invalid',
]);

export function failureClassOf(error: unknown, failure: SpeechError): FailureClass {
  if (error instanceof InputReplaced) return 'replaced';
  if (SYSTEMIC.has(failure.code) || ERROR_MEANINGS[failure.code].exitCode === EXIT_CODES.setup)
    return 'systemic';
  return mayPass(failure) ? 'transient' : 'permanent';
}

/** Whether another attempt at the same item may go well. */
export function mayPass(failure: SpeechError): boolean {
  return isRetryable(failure) || WORTH_ANOTHER_TRY.has(failure.code);
}
