/** How waits between attempts grow. */
export type BackOffTiming = {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** How much longer each wait is than the one before; 2 unless given. */
  readonly factor?: number;
};

/**
 * The wait before attempt `attempt + 1`, spread over 75 % to 100 % of its step so that those who wait do not march in
 * step.
 *
 * @param attempt how many attempts there were, from 0
 * @param random  in [0, 1)
 */
export function backOffDelayMs(attempt: number, timing: BackOffTiming, random: number): number {
  // No first delay means none at all, also where the factor has grown beyond all numbers.
  const grown = timing.firstDelayMs * (timing.factor ?? 2) ** attempt || 0;
  const step = Math.min(timing.maxDelayMs, grown);
  return step * (0.75 + 0.25 * random);
}

/** Waits that grow with every call, until somebody has had luck. */
export type BackOff = {
  /** The next wait in milliseconds. */
  next(): number;
  reset(): void;
};

/** Counts the attempts for `backOffDelayMs`. */
export function createBackOff(timing: BackOffTiming, random: () => number = Math.random): BackOff {
  let attempts = 0;
  return {
    next: () => backOffDelayMs(attempts++, timing, random()),
    reset: () => {
      attempts = 0;
    },
  };
}
