import { backOffDelayMs } from '../../core/net/back-off.ts';
import { fromFailure } from '../errors/remote-error.ts';
import { isTransient } from '../transport/retry-timing.ts';
import type { ServerEvent } from '../transport/transport.ts';
import { sleep } from '../transport/sleep.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import type { Service } from './service.ts';

/**
 * Events of a job as the server sends them, over as many connections as it takes: each begins where the last one ended.
 * A server that is away for a while is waited for up to `maxOutageMs`.
 *
 * @returns false where the service has no stream of events, so that it must be asked again and again
 * @throws ColloquyError when the job is not known any more, or the outage lasts; the reason of the signal
 */
export async function* followedEvents(
  { transport, options }: Service,
  jobId: string,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent, boolean> {
  if (transport.follow === undefined) return false;
  let after = 0;
  let outageSinceMs: number | undefined;
  for (let attempt = 0; ; attempt++) {
    let waitMs = 0;
    const events = transport.follow(jobId, after, signal);
    try {
      for (;;) {
        const { done, value } = await events.next();
        if (done === true) {
          if (value !== 'cut') return value === 'over';
          break;
        }
        [attempt, outageSinceMs] = [0, undefined];
        after = value.id ?? after;
        yield value;
        // The last event of a job: what follows is the end of the connection.
        if (value.type === 'result' || isEnd(value)) return true;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TransportFailure)) throw error;
      outageSinceMs ??= performance.now();
      const isOver = performance.now() - outageSinceMs > options.maxOutageMs;
      if (!isTransient(error) || isOver) throw fromFailure(error, 'job', jobId);
      waitMs = error.retryAfterMs ?? 0;
    } finally {
      await events.return('over');
    }
    await sleep(Math.max(waitMs, backOffDelayMs(attempt, options.pollTiming, Math.random())), signal);
  }
}

/** Jobs that fail or are canceled say so with their state. */
function isEnd({ type, data }: ServerEvent): boolean {
  const { state } = data as { readonly state?: unknown };
  return type === 'state' && (state === 'failed' || state === 'canceled' || state === 'completed');
}
