import { CanceledError, DeadlineError, InvalidRequestError } from './errors/errors.ts';
import { MAX_TIMER_MS } from './transport/sleep.ts';

/** How long a call may take. */
export type CallLimits = {
  /** Stops the call; a job that it waits for is canceled on the platform too. @default nothing stops it */
  readonly signal?: AbortSignal | undefined;
  /** Longest time for the whole call, in milliseconds. @default no limit */
  readonly timeoutMs?: number | undefined;
};

/** Limits that run. */
export type RunningLimits = {
  /** Aborted by either limit. */
  readonly signal: AbortSignal;
  /** Which limit has ended the call, if any has. */
  reached(): 'canceled' | 'deadline' | undefined;
  /** The error of the limit that has ended the call, else the error itself. */
  explain(error: unknown): unknown;
  /** Stops the clock. */
  release(): void;
};

/**
 * Starts the clock of a call.
 *
 * @throws InvalidRequestError `invalid_option`
 */
export function startLimits({ signal: caller, timeoutMs }: CallLimits): RunningLimits {
  if (timeoutMs !== undefined && !(timeoutMs >= 0 && timeoutMs <= MAX_TIMER_MS)) {
    throw new InvalidRequestError(
      'invalid_option',
      `Expected timeoutMs to be 0 to ${MAX_TIMER_MS}; got ${timeoutMs}. Leave it out to wait without a limit.`,
    );
  }
  const deadline = new AbortController();
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => deadline.abort(), timeoutMs);
  const reached = (): 'canceled' | 'deadline' | undefined => {
    if (caller?.aborted === true) return 'canceled';
    return deadline.signal.aborted ? 'deadline' : undefined;
  };
  return {
    signal: caller === undefined ? deadline.signal : AbortSignal.any([caller, deadline.signal]),
    reached,
    explain(error) {
      if (reached() === 'canceled') {
        return new CanceledError('canceled', 'The call was canceled.', { cause: caller?.reason });
      }
      if (reached() === undefined) return error;
      return new DeadlineError('deadline_exceeded', `The call took longer than ${timeoutMs!} ms.`, {
        retryable: true,
      });
    },
    release: () => clearTimeout(timer),
  };
}

/**
 * Runs `work` with one signal for both limits. When one of them ends it, `onStop` may clean up first.
 *
 * @throws CanceledError, DeadlineError; what `work` throws
 */
export async function withinLimits<T>(
  limits: CallLimits,
  work: (signal: AbortSignal) => Promise<T>,
  onStop?: (reason: 'canceled' | 'deadline') => Promise<void>,
): Promise<T> {
  const running = startLimits(limits);
  try {
    running.signal.throwIfAborted();
    return await work(running.signal);
  } catch (error) {
    const reason = running.reached();
    if (reason !== undefined) await onStop?.(reason);
    throw running.explain(error);
  } finally {
    running.release();
  }
}
