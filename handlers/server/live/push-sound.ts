import type { WebSocket } from 'ws';
import type { LiveRoom } from './live-room.ts';

/** Gives sound to a session; its socket is not read while the session has more than it can hold. */
export function pushSound(room: LiveRoom, bytes: Uint8Array, socket: WebSocket): void {
  room.push(bytes);
  if (!room.isFull) return;
  socket.pause();
  void room.whenRoom().then(() => socket.resume());
}
