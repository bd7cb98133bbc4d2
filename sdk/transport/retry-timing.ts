/** How long to wait before trying again: pure functions of what came and how often. */
import type { TransportFailure } from './transport-failure.ts';

/** Waits between attempts. */
export type RetryTiming = {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** How much longer each wait is than the one before. */
  readonly factor: number;
};

/** Half a second, doubled each time up to half a minute. */
export const RETRY_TIMING: RetryTiming = Object.freeze({ firstDelayMs: 500, maxDelayMs: 30_000, factor: 2 });

/** Half a second for short jobs, up to 5 s for long ones. */
export const POLL_TIMING: RetryTiming = Object.freeze({ firstDelayMs: 500, maxDelayMs: 5_000, factor: 1.5 });

/** However long a server asks us to wait, an hour is a mistake of its clock. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * The wait before attempt `attempt + 1`, spread over 75 % to 100 % so that clients do not march in step.
 *
 * @param attempt how many attempts there were, from 0
 * @param random  in [0, 1)
 */
export function delayMs(attempt: number, timing: RetryTiming, random: number): number {
  const step = Math.min(timing.maxDelayMs, timing.firstDelayMs * timing.factor ** attempt);
  return step * (0.75 + 0.25 * random);
}

/** What `Retry-After` asks for: seconds, or an HTTP date; `undefined` where it is neither. */
export function retryAfterMs(header: string | null | undefined, nowMs: number): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(wait) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, wait));
}

const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);

/**
 * True when the same request can succeed later. Reading is always safe to repeat. A submission whose reply was lost may
 * have become a job already: services that know its idempotency key answer with that job. RunPod knows none: there the
 * work may be done and paid for twice, which is better than a job that nobody sent; results and webhooks carry the key.
 */
export function isTransient(failure: TransportFailure): boolean {
  return failure.kind === 'status' ? TRANSIENT.has(failure.status ?? 0) : true;
}
