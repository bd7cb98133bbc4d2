import { InvalidRequestError } from '../errors/errors.ts';
import { fromFailure } from '../errors/remote-error.ts';
import type { CompleteOptions } from '../client/client-options.ts';
import { requestJson } from '../transport/json-http.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import type { LiveStart } from './live-start.ts';
import { Live } from './live-session.ts';
import { type Microphone, type MicrophoneOptions, openMicrophone } from './microphone.ts';
import { findWebSocket, type LiveWebSocketClass, openSocket } from './live-socket.ts';

/** How a live session listens. Everything has a default: 16 kHz mono of 16 bits, speakers and words. */
export type LiveRequest = Omit<LiveStart, 'type'> & {
  /** Ends the session. */
  readonly signal?: AbortSignal | undefined;
  /** Instead of the `WebSocket` of the runtime. */
  readonly webSocket?: LiveWebSocketClass | undefined;
  /**
   * In a browser: the session hears the microphone until `finish` or `abort`; nothing is written. `audio` is then what the
   * microphone gives. @default false
   */
  readonly microphone?: boolean | MicrophoneOptions | undefined;
};

/** @throws ColloquyError where the session cannot be opened */
export async function openLive(options: LiveRequest, client: CompleteOptions): Promise<Live> {
  if (client.endpointId !== undefined) {
    throw new InvalidRequestError(
      'invalid_option',
      'Live sessions need a Colloquy server: give baseUrl without endpointId.',
    );
  }
  const { signal, webSocket, microphone, ...start } = options;
  const Socket = await findWebSocket(webSocket);
  const url = `${client.baseUrl.replace(/^http/, 'ws')}/v1/live`;
  const open = async () => openSocket(Socket, url, await takeTicket(client, signal));
  if (microphone === undefined || microphone === false) return Live.open({ open, start, signal });
  const heard = await openMicrophone(microphone === true ? {} : microphone);
  try {
    const live = await Live.open({
      open,
      start: { ...start, audio: heard.audio },
      signal,
      onOver: heard.close,
    });
    void writeAll(heard, live);
    return live;
  } catch (error) {
    heard.close();
    throw error;
  }
}

/** Until the microphone is closed; what ends the session closes it, and is told where its events are read. */
async function writeAll(heard: Microphone, live: Live): Promise<void> {
  try {
    for await (const block of heard) await live.write(block);
  } catch {
    heard.close();
  }
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
