/** Waiting times between attempts that fail, each spread at random so that workers do not march in step. */
export type BackOff = {
  /** The next wait; grows with every call. */
  next(): number;
  reset(): void;
};

export type BackOffOptions = {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly random?: () => number;
};

/** Doubles from `firstMs` up to `maxMs`; each wait is between 75 % and 100 % of its step. */
export function createBackOff(options: BackOffOptions): BackOff {
  const random = options.random ?? Math.random;
  let attempts = 0;
  return {
    next: () => {
      const step = Math.min(options.maxMs, options.firstMs * 2 ** attempts);
      attempts += 1;
      return step * (0.75 + 0.25 * random());
    },
    reset: () => {
      attempts = 0;
    },
  };
}

/**
 * What `Retry-After` asks for, in milliseconds: seconds or an HTTP date.
 *
 * @param header the header as it came
 * @param nowMs  wall clock, for dates
 * @param maxMs  longer waits are cut to this
 */
export function retryAfterMs(header: string | undefined, nowMs: number, maxMs: number): number | undefined {
  if (header === undefined || header === '') return undefined;
  const seconds = Number(header);
  const wait = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1000;
  return Number.isNaN(wait) ? undefined : Math.min(maxMs, Math.max(0, wait));
}
