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

/** True when the same request can succeed later. */
export function isTransient(failure: TransportFailure): boolean {
  return failure.kind === 'status' ? isRetryableStatus(failure.status ?? 0) : true;
}

/** No connection came about, by these codes of Node: nothing was sent. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** Replies of servers that have not begun: wait, and try again. */
const NOT_BEGUN: ReadonlySet<number> = new Set([408, 425, 429, 503]);

/**
 * True when the request may have done its work although it failed: its reply was lost or cut, or is that of a gateway.
 * A submission may be a job already then. Services that know its idempotency key answer with that job; RunPod knows
 * none, and does the work twice.
 */
export function mayHaveArrived(failure: TransportFailure): boolean {
  if (failure.kind === 'status') return !NOT_BEGUN.has(failure.status ?? 0);
  return failure.kind !== 'network' || !NOT_SENT.has(codeIn(failure.cause) ?? '');
}

/** The code of a system error, however deep. */
function codeIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : codeIn(error.cause);
}
