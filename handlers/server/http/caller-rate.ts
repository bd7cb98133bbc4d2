import { CapacityError } from '../../../core/errors.ts';

/** Requests of one caller in a second, and how many may come at once. */
export type Rate = { readonly perSecond: number; readonly burst: number };

/** Callers beyond this are forgotten, those that were silent longest first. */
const MAX_CALLERS = 10_000;

/** A token bucket for each caller. */
export class CallerRate {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, { tokens: number; atSeconds: number }>();
  readonly #now: () => number;

  /** @param now in seconds */
  constructor(rate: Rate, now: () => number = () => performance.now() / 1000) {
    this.#rate = rate;
    this.#now = now;
  }

  /** @throws CapacityError `rate_limited` */
  take(caller: string): void {
    const now = this.#now();
    const { perSecond, burst } = this.#rate;
    const bucket = this.#buckets.get(caller) ?? { tokens: burst, atSeconds: now };
    const tokens = Math.min(burst, bucket.tokens + (now - bucket.atSeconds) * perSecond);
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { tokens: Math.max(0, tokens >= 1 ? tokens - 1 : tokens), atSeconds: now });
    if (this.#buckets.size > MAX_CALLERS) this.#buckets.delete(this.#buckets.keys().next().value!);
    if (tokens >= 1) return;
    throw new CapacityError('rate_limited', 'Too many requests. Send fewer a second.', {
      details: { retryAfterSeconds: Math.max(1, (1 - tokens) / perSecond) },
    });
  }
}
