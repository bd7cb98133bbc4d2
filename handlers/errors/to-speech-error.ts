import { InvariantError, isSpeechError, type SpeechError } from '../../core/errors.ts';
import { machineLimit } from '../../core/machine-limits.ts';

/** Any thrown value in the words of the one taxonomy; what is no limit of the machine either is a fault of ours, its text in `cause`. */
export function toSpeechError(error: unknown): SpeechError {
  if (isSpeechError(error)) return error;
  const message = 'Unexpected internal error; COLLOQUY_DEBUG=1 shows where. Please report it.';
  return machineLimit(error) ?? new InvariantError(message, { cause: error });
}
