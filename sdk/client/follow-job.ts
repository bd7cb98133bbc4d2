import { progressSchema } from '../contract/stream-events.ts';
import { followedEvents } from './followed-events.ts';
import { fromFailure } from '../errors/remote-error.ts';
import type { Service } from './service.ts';
import { backOffDelayMs } from '../../core/net/back-off.ts';
import { isTransient } from '../transport/retry-timing.ts';
import { sleep } from '../transport/sleep.ts';
import { hasEnded, type JobSnapshot } from '../transport/transport.ts';
import { TransportFailure } from '../transport/transport-failure.ts';

/** How far a call is: uploading, waiting in the queue, or any stage of the worker. */
export type JobProgress = {
  /** `upload`, `queue`, or what the worker says: `fetch`, `decode`, `observe` … */
  readonly stage: string;
  readonly done: number;
  /** Null where the end is not known. */
  readonly total: number | null;
  readonly etaSeconds?: number;
  /** Which recording of the job. */
  readonly index: number;
  /** Absent before the job is submitted. */
  readonly jobId?: string;
};

/** Hears of progress; what it throws ends the call. */
export type ProgressListener = (progress: JobProgress) => void;

/** What a look at a job says about its progress. */
export function progressOf(snapshot: JobSnapshot): JobProgress | undefined {
  if (snapshot.state === 'queued')
    return { stage: 'queue', done: 0, total: null, index: 0, jobId: snapshot.id };
  if (snapshot.state !== 'running') return undefined;
  const parsed = progressSchema.safeParse(snapshot.output);
  if (!parsed.success) return undefined;
  const { stage, done, total, index, etaSeconds } = parsed.data;
  return {
    stage,
    done,
    total,
    index,
    jobId: snapshot.id,
    ...(etaSeconds === undefined ? {} : { etaSeconds }),
  };
}

/** What an event says about the progress of a job. */
function progressOfEvent(event: unknown, id: string): JobProgress | undefined {
  const { type, state } = event as { readonly type?: unknown; readonly state?: unknown };
  if (type === 'state' && state === 'queued') return progressOf({ id, state });
  return type === 'progress' ? progressOf({ id, state: 'running', output: event }) : undefined;
}

/** Passes on only what is new. */
export function onlyChanges(listener: ProgressListener): (progress: JobProgress | undefined) => void {
  let last = '';
  return (progress) => {
    if (progress === undefined) return;
    const text = JSON.stringify(progress);
    if (text !== last) listener(progress);
    last = text;
  };
}

/**
 * Looks at a job until it has ended: soon at first, then less often. A service that fails for a while is waited for
 * up to `maxOutageMs`, since the job goes on without it.
 *
 * @throws ColloquyError when the job is not known any more, or the outage lasts; the reason of the signal
 */
export async function followJob(
  service: Service,
  jobId: string,
  signal: AbortSignal,
  onProgress?: ProgressListener,
): Promise<JobSnapshot> {
  const { pollTiming, maxOutageMs, logger } = service.options;
  const report = onlyChanges(onProgress ?? (() => undefined));
  const followed = followedEvents(service, jobId, signal);
  for (;;) {
    const { done, value } = await followed.next();
    if (done === true) {
      if (value) return service.status(jobId, signal);
      break;
    }
    report(progressOfEvent(value.data, jobId));
  }
  let failingSinceMs: number | undefined;
  for (let looks = 0; ; looks++) {
    let waitMs = backOffDelayMs(looks, pollTiming, Math.random());
    try {
      const snapshot = await service.transport.status(jobId, signal);
      failingSinceMs = undefined;
      report(progressOf(snapshot));
      if (hasEnded(snapshot.state)) return snapshot;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TransportFailure)) throw error;
      failingSinceMs ??= performance.now();
      const outageMs = performance.now() - failingSinceMs;
      if (!isTransient(error) || outageMs > maxOutageMs) throw fromFailure(error, 'job', jobId);
      waitMs = Math.max(waitMs, error.retryAfterMs ?? 0);
      logger?.debug?.('job status not available, trying again', {
        jobId,
        kind: error.kind,
        status: error.status,
        waitMs,
      });
    }
    await sleep(waitMs, signal);
  }
}
