/** The socket of a live session, in Node and in browsers. */
import { ConnectionError } from '../errors/errors.ts';
import { isNode } from '../audio/node-runtime.ts';
import { LIVE_PROTOCOL } from './protocol.ts';

/** The part of the standard WebSocket that the client needs. */
export type LiveWebSocket = {
  binaryType: string;
  readonly bufferedAmount: number;
  readonly readyState: number;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
};

/** Makes sockets: `WebSocket` of the runtime, or of the package `ws`. */
export type LiveWebSocketClass = new (url: string, protocols: string[]) => LiveWebSocket;

/**
 * The class of the runtime, else that of the package `ws`: Node 20 has none of its own.
 *
 * @throws ConnectionError `dependency_missing`
 */
export async function findWebSocket(given: LiveWebSocketClass | undefined): Promise<LiveWebSocketClass> {
  const known = given ?? (globalThis as { WebSocket?: LiveWebSocketClass }).WebSocket;
  if (known !== undefined) return known;
  if (isNode()) {
    const name = 'ws';
    const loaded = (await import(name).catch(() => undefined)) as { default: LiveWebSocketClass } | undefined;
    if (loaded !== undefined) return loaded.default;
  }
  throw new ConnectionError(
    'dependency_missing',
    'This runtime has no WebSocket: install the package ws, use Node 22, or give a class as webSocket.',
  );
}

/**
 * Opens the socket.
 *
 * @throws ConnectionError `remote_failed`; the runtime does not say more
 */
export function openSocket(Socket: LiveWebSocketClass, url: string, ticket: string): Promise<LiveWebSocket> {
  const socket = new Socket(url, [LIVE_PROTOCOL, `ticket.${ticket}`]);
  socket.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(socket));
    const fail = (): void =>
      reject(
        new ConnectionError('remote_failed', 'The server did not open a live session.', { retryable: true }),
      );
    socket.addEventListener('error', fail);
    socket.addEventListener('close', fail);
  });
}
