/** How long a fresh engine child waits for its start when those before it died before they were ready. */
export type StartDelays = {
  /** After the first that died so; doubled with each further one. @default 500 ms */
  readonly firstStartDelayMs: number;
  /** @default 30,000 ms */
  readonly maxStartDelayMs: number;
};

export const DEFAULT_START_DELAYS: StartDelays = Object.freeze({
  // A library that is being replaced, a full disk: what kills a child at its start seldom passes in less.
  firstStartDelayMs: 500,
  // A worker whose engine cannot start at all looks twice a minute, and burns no core with it.
  maxStartDelayMs: 30_000,
});

/** @param failedStarts how many starts in a row came to nothing */
export function startDelayMs(failedStarts: number, delays: StartDelays): number {
  if (failedStarts === 0) return 0;
  return Math.min(delays.maxStartDelayMs, delays.firstStartDelayMs * 2 ** (failedStarts - 1));
}
