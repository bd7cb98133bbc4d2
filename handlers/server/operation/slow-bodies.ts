import type { Server } from 'node:http';

export type BodySpeed = {
  /** @default 1024 */
  readonly minBytesPerSecond?: number;
  /** How long a body may be slower than that. @default 20,000 ms */
  readonly windowMs?: number;
};

/** Ends connections whose bodies drip: each would hold a place and a file for ever. */
export function endSlowBodies(
  server: Server,
  { minBytesPerSecond = 1024, windowMs = 20_000 }: BodySpeed = {},
): void {
  server.on('request', (request) => {
    const { socket } = request;
    let read = socket.bytesRead;
    const timer = setInterval(() => {
      if (request.complete || socket.destroyed) {
        clearInterval(timer);
        return;
      }
      if (socket.bytesRead - read < (minBytesPerSecond * windowMs) / 1000) socket.destroy();
      read = socket.bytesRead;
    }, windowMs);
    timer.unref();
    request.on('close', () => clearInterval(timer));
  });
}
