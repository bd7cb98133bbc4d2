/** When to try again, and how long to wait before that. */
import type { BackOffTiming } from '../../core/net/back-off.ts';
import { isRetryableStatus } from '../../core/net/retryable-status.ts';
import type { TransportFailure } from './transport-failure.ts';

/** Waits between attempts. */
export type RetryTiming = Required<BackOffTiming>;

/** Half a second, doubled each time up to half a minute. */
export const RETRY_TIMING: RetryTiming = Object.freeze({ firstDelayMs: 500, maxDelayMs: 30_000, factor: 2 });

/** Half a second for short jobs, up to 5 s for long ones. */
export const POLL_TIMING: RetryTiming = Object.freeze({ firstDelayMs: 500, maxDelayMs: 5_000, factor: 1.5 });

/**
 * True when the same request can succeed later. Reading is always safe to repeat. A submission whose reply was lost may
 * have become a job already: services that know its idempotency key answer with that job. RunPod knows none: there the
 * work may be done and paid for twice, which is better than a job that nobody sent; results and webhooks carry the key.
 */
export function isTransient(failure: TransportFailure): boolean {
  return failure.kind === 'status' ? isRetryableStatus(failure.status ?? 0) : true;
}
