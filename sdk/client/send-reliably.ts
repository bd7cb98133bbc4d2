import type { CompleteOptions } from './client-options.ts';
import { fromFailure, type RequestKind } from '../errors/remote-error.ts';
import { sendWithRetries } from '../transport/send-with-retries.ts';
import { TransportFailure } from '../transport/transport-failure.ts';

/** What a request is for, and which job it is about. */
export type RequestPurpose = { readonly kind: RequestKind; readonly jobId?: string };

/**
 * Sends a request with the retries of the client.
 *
 * @throws ColloquyError as the caller shall hear of it; the reason of the signal
 */
export async function sendReliably<T>(
  send: () => Promise<T>,
  { kind, jobId }: RequestPurpose,
  options: CompleteOptions,
  signal: AbortSignal,
): Promise<T> {
  try {
    const maxRepeats = kind === 'submit' ? options.maxResubmissions : undefined;
    const policy = { maxRetries: options.maxRetries, maxRepeats, timing: options.retryTiming };
    return await sendWithRetries(send, policy, signal, options.logger);
  } catch (error) {
    throw error instanceof TransportFailure ? fromFailure(error, kind, jobId) : error;
  }
}
