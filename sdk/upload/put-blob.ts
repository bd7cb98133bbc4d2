import type { FetchFunction } from '../client/client-options.ts';
import { AudioUnavailableError, ConnectionError } from '../errors/errors.ts';
import { RETRY_TIMING, isTransient } from '../transport/retry-timing.ts';
import { sendWithRetries } from '../transport/send-with-retries.ts';
import { TransportFailure } from '../transport/transport-failure.ts';

const MAX_RETRIES = 4;

/**
 * PUTs a Blob to a presigned address, again where that can help: the same bytes to the same place.
 *
 * @throws ConnectionError `remote_failed`, without the address: its query is a key; the reason of the signal
 */
export async function putBlob(
  url: string,
  headers: Readonly<Record<string, string>>,
  audio: Blob,
  signal: AbortSignal,
  fetchFunction: FetchFunction = (address, init) => fetch(address, init),
): Promise<void> {
  const send = async (): Promise<void> => {
    let response: Response;
    try {
      response = await fetchFunction(url, { method: 'PUT', headers, body: audio, signal });
    } catch (cause) {
      signal.throwIfAborted();
      // A file that was changed or removed in the meantime cannot be read any more.
      if ((cause as Error).name === 'NotReadableError') {
        throw new AudioUnavailableError(
          'file_not_readable',
          'The audio file changed while it was uploaded.',
          { cause },
        );
      }
      throw new TransportFailure('network', { cause });
    }
    await response.body?.cancel();
    if (!response.ok) throw new TransportFailure('status', { status: response.status });
  };
  try {
    await sendWithRetries(send, { maxRetries: MAX_RETRIES, timing: RETRY_TIMING }, signal, undefined);
  } catch (error) {
    if (!(error instanceof TransportFailure)) throw error;
    const what = error.status === undefined ? 'could not be reached' : `answered ${error.status}`;
    const advice =
      error.status === 403 ? ' Its address may have expired, or was signed for other headers.' : '';
    throw new ConnectionError(
      'remote_failed',
      `The audio could not be uploaded: the store ${what}.${advice}`,
      {
        status: error.status,
        retryable: isTransient(error),
        cause: error,
      },
    );
  }
}
