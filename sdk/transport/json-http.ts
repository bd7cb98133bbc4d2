import { retryAfterMs } from '../../core/net/retry-after.ts';
import type { FetchFunction } from '../client/client-options.ts';
import { tryParseJson } from '../parse-json.ts';
import { untilAborted } from './sleep.ts';
import { TransportFailure, serverMessageOf } from './transport-failure.ts';

/** One JSON request. */
export type JsonRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text, or a form, whose files are read while they are sent. */
  readonly body?: string | FormData;
  /** For the whole exchange, the body of the reply included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

async function exchange(
  fetchFunction: FetchFunction,
  request: JsonRequest,
  signal: AbortSignal,
): Promise<unknown> {
  const response = await fetchFunction(request.url, {
    method: request.method,
    headers: { accept: 'application/json', ...request.headers },
    signal,
    // Whoever redirects an API call would get the key.
    redirect: 'error',
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  const text = await response.text();
  // A reply without content says that it is done.
  const body = response.status === 204 ? null : tryParseJson(text);
  if (!response.ok) {
    throw new TransportFailure('status', {
      status: response.status,
      retryAfterMs: retryAfterMs(response.headers.get('retry-after'), Date.now()),
      serverMessage: serverMessageOf(body ?? text),
    });
  }
  if (body === undefined) throw new TransportFailure('malformed', { status: response.status });
  return body;
}

/**
 * Sends one request and reads the JSON of its reply.
 *
 * @throws TransportFailure; the reason of `request.signal`
 */
export async function requestJson(fetchFunction: FetchFunction, request: JsonRequest): Promise<unknown> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new TransportFailure('timeout')), request.timeoutMs);
  const signal = AbortSignal.any([request.signal, timeout.signal]);
  try {
    // A hook need not heed the signal: the wait ends all the same.
    return await untilAborted(exchange(fetchFunction, request, signal), signal);
  } catch (error) {
    request.signal.throwIfAborted();
    if (timeout.signal.aborted) throw timeout.signal.reason;
    if (error instanceof TransportFailure) throw error;
    throw new TransportFailure('network', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
