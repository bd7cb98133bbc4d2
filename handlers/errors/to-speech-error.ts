import { InvariantError, isSpeechError, type SpeechError } from '../../core/errors.ts';

/** Any thrown value in the words of the one taxonomy; what is not ours is a fault of ours, its text kept in `cause`. */
export function toSpeechError(error: unknown): SpeechError {
  if (isSpeechError(error)) return error;
  return new InvariantError('Unexpected internal error; COLLOQUY_DEBUG=1 shows where. Please report it.', {
    cause: error,
  });
}
