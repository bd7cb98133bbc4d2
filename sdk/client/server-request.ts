import { InvalidRequestError } from '../errors/errors.ts';
import { type CallLimits, withinLimits } from '../limits.ts';
import { type JsonRequest, requestJson } from '../transport/json-http.ts';
import { serverHeaders } from '../transport/http-jobs.ts';
import type { CompleteOptions, FetchFunction } from './client-options.ts';
import { sendReliably } from './send-reliably.ts';

/** What only servers have. @throws InvalidRequestError `invalid_option` with `endpointId` */
export function requireServer({ endpointId }: CompleteOptions, what: string): void {
  if (endpointId === undefined) return;
  throw new InvalidRequestError(
    'invalid_option',
    `${what} need a Colloquy server: give baseUrl without endpointId.`,
  );
}

/** The `fetch` of a client. */
export function fetchOf({ fetch: given }: CompleteOptions): FetchFunction {
  return given ?? ((url, init) => fetch(url, init));
}

/**
 * Asks a server, with the retries of the client.
 *
 * @param path of the server, from `/v1` on
 * @throws ColloquyError
 */
export function askServer(
  options: CompleteOptions,
  { method, path, body }: Pick<JsonRequest, 'method' | 'body'> & { readonly path: string },
  limits: CallLimits = {},
): Promise<unknown> {
  return withinLimits(limits, (signal) => {
    const timeoutMs = body === undefined ? options.requestTimeoutMs : options.submitTimeoutMs;
    const request = {
      method,
      url: `${options.baseUrl}${path}`,
      headers: serverHeaders(options),
      timeoutMs,
      signal,
      ...(body === undefined ? {} : { body }),
    };
    return sendReliably(() => requestJson(fetchOf(options), request), { kind: 'job' }, options, signal);
  });
}
