import { createBackOff } from '../../../core/net/back-off.ts';
import { retryAfterMs } from '../../../core/net/retry-after.ts';
import type { Clock } from '../../../core/net/clock.ts';
import { parseJobs, type RunpodJob } from './job.ts';
import type { WorkerLog } from '../log.ts';
import type { PlatformClient } from '../platform/platform-client.ts';
import type { PlatformReply } from '../platform/platform-http.ts';
import { explain } from '../platform/result-sink.ts';
import type { WorkerTiming } from '../timing.ts';
import type { WakeUp } from '../wake-up.ts';

export type JobSourceOptions = {
  readonly client: PlatformClient;
  readonly clock: Clock;
  readonly timing: WorkerTiming;
  readonly log: WorkerLog;
  /** How many jobs are wanted now, and whether any are in hand; asked before every poll. */
  readonly demand: () => { readonly wanted: number; readonly busy: boolean };
  readonly onJobs: (jobs: readonly RunpodJob[]) => void;
  /** Woken whenever the demand may have changed. */
  readonly changed: WakeUp;
  /** Aborted when no more polls may begin. The poll that is open then may still deliver. */
  readonly noMorePolls: AbortSignal;
  /** Aborted when the open poll must end too. */
  readonly giveUpPoll: AbortSignal;
};

/** Takes jobs until it is told to stop; resolves when the last poll has ended. Never rejects. */
export async function takeJobs(options: JobSourceOptions): Promise<void> {
  const { client, clock, timing, noMorePolls } = options;
  const afterEmpty = createBackOff(timing.emptyBackOff);
  const afterFailure = createBackOff(timing.failureBackOff);
  while (!noMorePolls.aborted) {
    const { wanted, busy } = options.demand();
    if (wanted <= 0) {
      await options.changed.wait(timing.resizeCheckMs);
      continue;
    }
    const start = clock.now();
    const reply = await client.take(wanted, busy, options.giveUpPoll);
    const jobs = readJobs(reply, options.log);
    if (jobs.length > 0) options.onJobs(jobs);
    const failed = isFailure(reply);
    if (!failed) afterFailure.reset();
    if (jobs.length > 0 || (!failed && clock.now() - start >= timing.longPollMs)) {
      afterEmpty.reset();
      continue;
    }
    const backOff = failed ? afterFailure : afterEmpty;
    await clock.sleep(
      waitAfter(reply, timing, () => backOff.next()),
      noMorePolls,
    );
  }
}

function readJobs(reply: PlatformReply, log: WorkerLog): readonly RunpodJob[] {
  if (isFailure(reply)) {
    log('WARN', `Taking jobs failed: ${explain(reply)}.`);
    return [];
  }
  if (reply.kind !== 'reply' || reply.status !== 200 || !/\bjson\b/i.test(reply.contentType)) return [];
  try {
    const { jobs, refused } = parseJobs(JSON.parse(reply.text));
    for (const reason of refused) log('ERROR', `A delivered job was left out. ${reason}`);
    return jobs;
  } catch {
    log('ERROR', 'The reply to a job-take was not JSON.');
    return [];
  }
}

/** 400 is what a worker hears that was revived from a frozen state: no job, and nothing wrong. */
function isFailure(reply: PlatformReply): boolean {
  if (reply.kind === 'network') return true;
  return reply.kind === 'reply' && reply.status > 400;
}

function waitAfter(reply: PlatformReply, timing: WorkerTiming, backOffMs: () => number): number {
  if (reply.kind !== 'reply' || reply.status !== 429) return backOffMs();
  return retryAfterMs(reply.retryAfter, Date.now(), 60_000) ?? timing.tooManyRequestsMs;
}
