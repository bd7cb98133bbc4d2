import { ColloquyError } from '../../sdk/errors/errors.ts';
import { fromWorkerError } from '../../sdk/errors/remote-error.ts';
import { toSpeechError } from '../errors/to-speech-error.ts';
import { errorBodyOf } from '../work/jobs/error-body.ts';

/** A failure of this machine as a caller of a service would hear of it: same class, same code; the `cause` is here. */
export function localError(error: unknown, jobId?: string): ColloquyError {
  if (error instanceof ColloquyError) return error;
  return fromWorkerError(errorBodyOf(toSpeechError(error), jobId ?? null), jobId, error);
}

/** Does work whose failures are told in the words of the SDK. */
export async function withLocalErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw localError(error);
  }
}
