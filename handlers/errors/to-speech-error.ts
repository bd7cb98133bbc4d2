import { InvariantError, isSpeechError, type SpeechError } from '../../core/errors.ts';
import { ModelStoreError } from '../../models/model-store-error.ts';
import { speechErrorOf } from './model-errors.ts';

/** Any thrown value in the words of the one taxonomy; what is not ours is a fault of ours, its text kept in `cause`. */
export function toSpeechError(error: unknown): SpeechError {
  if (isSpeechError(error)) return error;
  if (error instanceof ModelStoreError) return speechErrorOf(error);
  return new InvariantError('Unexpected internal error; COLLOQUY_DEBUG=1 shows where. Please report it.', {
    cause: error,
  });
}
