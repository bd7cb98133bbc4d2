import { backOffDelayMs } from '../../core/net/back-off.ts';
import type { Logger } from '../client/client-options.ts';
import { isTransient, mayHaveArrived, type RetryTiming } from './retry-timing.ts';
import { sleep } from './sleep.ts';
import { TransportFailure } from './transport-failure.ts';

/** How often, and how patiently. */
export type RetryPolicy = {
  readonly maxRetries: number;
  /** Of these, how many after failures by which the work may have begun; all unless given. */
  readonly maxRepeats?: number | undefined;
  readonly timing: RetryTiming;
};

/**
 * Sends a request until it succeeds, fails for good, or has been retried `maxRetries` times. `Retry-After` is
 * honoured where it asks for more than our own wait.
 *
 * @throws the last TransportFailure; the reason of the signal
 */
export async function sendWithRetries<T>(
  send: () => Promise<T>,
  policy: RetryPolicy,
  signal: AbortSignal,
  logger: Logger | undefined,
): Promise<T> {
  let repeats = 0;
  for (let attempt = 0; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TransportFailure) || !isTransient(error) || attempt >= policy.maxRetries)
        throw error;
      if (mayHaveArrived(error) && ++repeats > (policy.maxRepeats ?? Infinity)) throw error;
      const waitMs = Math.max(backOffDelayMs(attempt, policy.timing, Math.random()), error.retryAfterMs ?? 0);
      logger?.debug?.('request failed, trying again', {
        kind: error.kind,
        status: error.status,
        attempt,
        waitMs,
      });
      await sleep(waitMs, signal);
    }
  }
}
