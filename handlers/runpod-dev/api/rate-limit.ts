/** How often one operation may be called: per 10 s, and at once. */
import { steadyNow } from '../../../core/net/steady-now.ts';
export type RateLimit = { readonly perWindow: number; readonly atOnce: number };

/** RunPod's documented limits of an endpoint. */
export const RATE_LIMITS: Readonly<Record<string, RateLimit>> = Object.freeze({
  run: { perWindow: 1000, atOnce: 200 },
  runsync: { perWindow: 2000, atOnce: 400 },
  status: { perWindow: 2000, atOnce: 400 },
  'status-sync': { perWindow: 2000, atOnce: 400 },
  stream: { perWindow: 2000, atOnce: 400 },
  cancel: { perWindow: 100, atOnce: 20 },
  'purge-queue': { perWindow: 2, atOnce: 2 },
});

const WINDOW_MS = 10_000;

/** Counts calls in windows of 10 s. */
export class RateLimiter {
  readonly #windows = new Map<string, { start: number; count: number; open: number }>();
  readonly #now: () => number;

  constructor(now: () => number = steadyNow) {
    this.#now = now;
  }

  /** Admits a call, and returns what to call at its end; or the milliseconds after which to try again. */
  enter(operation: string): (() => void) | number {
    const limit = RATE_LIMITS[operation];
    if (limit === undefined) return () => undefined;
    const now = this.#now();
    const window = this.#windows.get(operation) ?? { start: now, count: 0, open: 0 };
    this.#windows.set(operation, window);
    if (now - window.start >= WINDOW_MS) Object.assign(window, { start: now, count: 0 });
    if (window.count >= limit.perWindow) return WINDOW_MS - (now - window.start);
    if (window.open >= limit.atOnce) return 1_000;
    window.count += 1;
    window.open += 1;
    return () => (window.open -= 1);
  }
}
