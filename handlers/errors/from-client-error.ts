import { errorOfCode, type ErrorDetails, type SpeechError } from '../../core/errors.ts';
import { ColloquyError } from '../../sdk/index.ts';

/** Facts that fit into the taxonomy of the core: plain values. */
function plain(details: Readonly<Record<string, unknown>>): ErrorDetails {
  const entries = Object.entries(details).filter((entry): entry is [string, string | number | boolean] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  );
  return Object.fromEntries(entries);
}

/** A failure of the client in the words of the core: the same code, so the same exit code as locally. */
function asSpeechError(error: ColloquyError): SpeechError {
  const facts = { status: error.status, requestId: error.requestId, ...error.details };
  const options = { details: plain(facts), cause: error, retryable: error.retryable };
  return errorOfCode(error.code, error.message, options);
}

function translated(error: unknown): unknown {
  return error instanceof ColloquyError ? asSpeechError(error) : error;
}

/** Runs a call of the client, synchronous or not, and throws its failures as errors of the core. */
export function fromRemote<T>(call: () => T): T {
  try {
    const outcome = call();
    if (!(outcome instanceof Promise)) return outcome;
    return outcome.catch((error: unknown) => {
      throw translated(error);
    }) as T;
  } catch (error) {
    throw translated(error);
  }
}
