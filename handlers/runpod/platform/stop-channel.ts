import { createBackOff } from '../../../core/net/back-off.ts';
import type { Clock } from '../../../core/net/clock.ts';
import type { WorkerLog } from '../log.ts';
import type { PlatformReply } from './platform-http.ts';
import type { WorkerTiming } from '../timing.ts';

export type StopChannelOptions = {
  readonly poll: (signal: AbortSignal) => Promise<PlatformReply>;
  readonly clock: Clock;
  readonly timing: WorkerTiming;
  readonly log: WorkerLog;
  readonly onStop: (jobId: string) => void;
  readonly signal: AbortSignal;
};

/** Listens for jobs that the platform wants stopped, as long as the worker lives; never rejects. */
export async function listenForStops(options: StopChannelOptions): Promise<void> {
  const { clock, timing, signal } = options;
  const failures = createBackOff({ firstDelayMs: timing.stopPauseMs * 1.34, maxDelayMs: 10_000 });
  while (!signal.aborted) {
    const reply = await options.poll(signal);
    const stops = readStops(reply, options.log);
    if (stops !== undefined) {
      failures.reset();
      stops.forEach(options.onStop);
    } else if (reply.kind === 'network' || (reply.kind === 'reply' && reply.status >= 400)) {
      const tooMany = reply.kind === 'reply' && reply.status === 429;
      await clock.sleep(tooMany ? timing.tooManyRequestsMs : failures.next(), signal);
    } else if (reply.kind === 'reply') {
      failures.reset();
      await clock.sleep(timing.stopPauseMs, signal);
    }
  }
}

/** The ids of `{"jobsToStop": [...]}`; `undefined` for any other reply and for an empty list. */
function readStops(reply: PlatformReply, log: WorkerLog): readonly string[] | undefined {
  if (reply.kind !== 'reply' || reply.status !== 200) return undefined;
  let body: unknown;
  try {
    body = JSON.parse(reply.text);
  } catch {
    return undefined;
  }
  const list: unknown =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>).jobsToStop : undefined;
  if (!Array.isArray(list)) return undefined;
  const ids = list.filter((id) => typeof id === 'string');
  if (ids.length < list.length)
    log('WARN', `Dropped ${list.length - ids.length} job ids to stop that are not text.`);
  return ids.length === 0 ? undefined : ids;
}
