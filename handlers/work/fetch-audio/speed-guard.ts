import { unreachable } from './fetch-errors.ts';

/** Stops a transfer that is too slow to be worth its place. */
export type SpeedGuard = {
  readonly signal: AbortSignal;
  note(bytes: number): void;
  stop(): void;
};

/** Aborts `signal` with `audio_unreachable` once a whole window has carried less than `minBytesPerSecond`. */
export function startSpeedGuard(minBytesPerSecond: number, windowMs: number): SpeedGuard {
  const controller = new AbortController();
  let inWindow = 0;
  const timer = setInterval(() => {
    if (inWindow < (minBytesPerSecond * windowMs) / 1000) {
      controller.abort(
        unreachable(`the server sent less than ${minBytesPerSecond} bytes a second`, { retryable: true }),
      );
    }
    inWindow = 0;
  }, windowMs);
  return {
    signal: controller.signal,
    note: (bytes) => {
      inWindow += bytes;
    },
    stop: () => clearInterval(timer),
  };
}
