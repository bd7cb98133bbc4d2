import type { WebSocket } from 'ws';
import { CLOSE } from './close-codes.ts';

/** A reader this far behind is let go. */
export const MOST_UNREAD_BYTES = 4 * 2 ** 20;
/** A reader that is too slow would keep the closing frame waiting for ever. */
const CLOSING_MS = 1_000;

/** Sends, but to a reader that is too far behind: such a one is closed, so that it costs no memory. */
export function sendOrClose(socket: WebSocket, text: string, mostUnreadBytes = MOST_UNREAD_BYTES): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > mostUnreadBytes) closeSlowReader(socket);
  else socket.send(text);
}

/** Closes with 1013, and without the client's answer where it does not read that either. */
export function closeSlowReader(socket: WebSocket): void {
  socket.close(CLOSE.full, 'read faster: too many events wait');
  setTimeout(() => socket.terminate(), CLOSING_MS).unref();
}
