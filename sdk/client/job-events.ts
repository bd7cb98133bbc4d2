import { streamEventSchema } from '../contract/stream-events.ts';
import { SCHEMA_VERSION } from '../contract/results/schema-version.ts';
import { followedEvents } from './followed-events.ts';
import { progressOf } from './follow-job.ts';
import { sendReliably } from './send-reliably.ts';
import type { Service } from './service.ts';
import { backOffDelayMs } from '../../core/net/back-off.ts';
import { sleep } from '../transport/sleep.ts';
import { hasEnded, type EventBatch, type JobSnapshot } from '../transport/transport.ts';
import type { StreamEvent } from '../wire.ts';

/** Events of this version; a newer worker may send others, which an older client passes over. */
function known(events: readonly unknown[]): StreamEvent[] {
  return events.filter((event): event is StreamEvent => streamEventSchema.safeParse(event).success);
}

/** Progress that a worker posted instead of streaming it. */
function progressEvent(snapshot: JobSnapshot): StreamEvent | undefined {
  const progress = snapshot.state === 'running' ? progressOf(snapshot) : undefined;
  if (progress === undefined) return undefined;
  const { jobId: _, ...rest } = progress;
  return { schemaVersion: SCHEMA_VERSION, type: 'progress', ...rest };
}

/**
 * The events of a job as they come, until it has ended and nothing is left. Each event comes once, to one reader:
 * services hand them out only once.
 *
 * @returns the ended job
 * @throws ColloquyError; the reason of the signal
 */
export async function* eventsOf(
  service: Service,
  jobId: string,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent, JobSnapshot> {
  const followed = followedEvents(service, jobId, signal);
  for (;;) {
    const { done, value } = await followed.next();
    if (done === true) {
      if (value) return service.status(jobId, signal);
      break;
    }
    // The end is told by the state of the job, the result by whoever waits for it.
    if (value.type !== 'result') yield* known([value.data]);
  }
  let lastProgress = '';
  for (let quiet = 0; ; quiet++) {
    const next = (): Promise<EventBatch> => service.transport.events(jobId, signal);
    const batch = await sendReliably(next, { kind: 'job', jobId }, service.options, signal);
    yield* known(batch.events);
    if (batch.events.length > 0) {
      quiet = -1;
      continue;
    }
    const snapshot = await service.status(jobId, signal);
    if (hasEnded(batch.state) && hasEnded(snapshot.state)) return snapshot;
    const progress = progressEvent(snapshot);
    const text = JSON.stringify(progress);
    if (progress !== undefined && text !== lastProgress) yield progress;
    lastProgress = text;
    await sleep(backOffDelayMs(quiet, service.options.pollTiming, Math.random()), signal);
  }
}
