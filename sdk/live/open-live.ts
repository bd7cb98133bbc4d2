import { InvalidRequestError } from '../errors/errors.ts';
import { fromFailure } from '../errors/remote-error.ts';
import type { CompleteOptions } from '../client/client-options.ts';
import { requestJson } from '../transport/json-http.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import type { LiveStart } from './live-start.ts';
import { Live } from './live-session.ts';
import { findWebSocket, type LiveWebSocketClass, openSocket } from './live-socket.ts';

/** How a live session listens. Everything has a default: 16 kHz mono of 16 bits, speakers and words. */
export type LiveRequest = Omit<LiveStart, 'type'> & {
  /** Ends the session. */
  readonly signal?: AbortSignal | undefined;
  /** Instead of the `WebSocket` of the runtime. */
  readonly webSocket?: LiveWebSocketClass | undefined;
};

/** @throws ColloquyError where the session cannot be opened */
export async function openLive(options: LiveRequest, client: CompleteOptions): Promise<Live> {
  if (client.endpointId !== undefined) {
    throw new InvalidRequestError(
      'invalid_option',
      'Live sessions need a Colloquy server: give baseUrl without endpointId.',
    );
  }
  const { signal, webSocket, ...start } = options;
  const Socket = await findWebSocket(webSocket);
  const url = `${client.baseUrl.replace(/^http/, 'ws')}/v1/live`;
  const open = async () => openSocket(Socket, url, await takeTicket(client, signal));
  return Live.open({ open, start, signal });
}

/** A socket of a browser can carry no key, so that every socket is opened with a ticket. */
async function takeTicket(client: CompleteOptions, signal: AbortSignal | undefined): Promise<string> {
  const send = client.fetch ?? ((url: string, init: RequestInit) => fetch(url, init));
  const authorization: Record<string, string> =
    client.apiKey === '' ? {} : { authorization: `Bearer ${client.apiKey}` };
  try {
    const reply = await requestJson(send, {
      method: 'POST',
      url: `${client.baseUrl}/v1/live`,
      headers: authorization,
      timeoutMs: client.requestTimeoutMs,
      signal: signal ?? new AbortController().signal,
    });
    return (reply as { readonly ticket: string }).ticket;
  } catch (error) {
    throw error instanceof TransportFailure ? fromFailure(error, 'submit') : error;
  }
}
