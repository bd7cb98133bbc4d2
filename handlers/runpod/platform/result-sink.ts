import type { Clock } from '../../../core/net/clock.ts';
import { deliver, type DeliveryTry } from '../../../core/net/deliver.ts';
import { retryAfterMs } from '../../../core/net/retry-after.ts';
import { isRetryableStatus } from '../../../core/net/retryable-status.ts';
import type { WorkerLog } from '../log.ts';
import type { PlatformClient } from './platform-client.ts';
import type { PlatformReply } from './platform-http.ts';
import type { WorkerTiming } from '../timing.ts';

/** What happened to a final result: it arrived, an error arrived in its place, or nobody will ever see it. */
export type Delivery = 'delivered' | 'replaced' | 'lost';

export type Posting = {
  /** Settles when the platform has the result or it is given up; never rejects. */
  readonly settled: Promise<Delivery>;
  /** Settles at the same time, or after the first few failed posts: from then on the next job may run. */
  readonly placeFree: Promise<unknown>;
};

export type ResultSink = {
  post(jobId: string, body: string, isStream: boolean): Posting;
};

export type ResultSinkOptions = {
  readonly client: PlatformClient;
  readonly clock: Clock;
  readonly timing: WorkerTiming;
  readonly log: WorkerLog;
  /** Makes the error that is posted when the platform refuses a result for its size or form. */
  readonly refusedBody: (jobId: string, status: number, bytes: number) => string;
  readonly onLost: (jobId: string, reason: string) => void;
  /** Aborted when the process has to end: open posts are given up and not repeated. */
  readonly signal: AbortSignal;
};

/** Delivers final results: the work is done, so a result is kept and posted again until the platform has it. */
export function createResultSink(options: ResultSinkOptions): ResultSink {
  const { client, clock, timing, log, signal } = options;

  async function postUntilTaken(
    jobId: string,
    body: string,
    isStream: boolean,
    onSlow: () => void,
  ): Promise<Delivery> {
    let text = body;
    let delivery: Delivery = 'delivered';
    const attempt = async (): Promise<DeliveryTry<Delivery>> => {
      const reply = await client.postOutput(jobId, text, isStream, signal);
      const refusedStatus = refusedSizeOf(reply);
      if (refusedStatus === undefined) return judge(reply, delivery);
      if (delivery === 'replaced') return { kind: 'final', reason: explain(reply) };
      text = options.refusedBody(jobId, refusedStatus, Buffer.byteLength(body));
      delivery = 'replaced';
      log('WARN', `The platform refused the result: ${explain(reply)}.`, jobId);
      return attempt();
    };
    const outcome = await deliver(attempt, {
      schedule: timing.delivery,
      clock,
      signal,
      onSlow,
      onFailure: (reason, attempts) =>
        log('WARN', `Posting the result failed (attempt ${attempts}): ${reason}.`, jobId),
    });
    if (outcome.kind === 'delivered') return outcome.value;
    log('ERROR', `The result is lost after ${outcome.attempts} posts: ${outcome.reason}.`, jobId);
    options.onLost(jobId, outcome.reason);
    return 'lost';
  }

  return {
    post: (jobId, body, isStream) => {
      let slow: () => void = () => undefined;
      const isSlow = new Promise<void>((resolve) => (slow = resolve));
      const settled = postUntilTaken(jobId, body, isStream, slow);
      return { settled, placeFree: Promise.race([settled, isSlow]) };
    },
  };
}

/** The status by which the platform refuses what a result is, rather than who posts it or when. */
function refusedSizeOf(reply: PlatformReply): number | undefined {
  return reply.kind === 'reply' && (reply.status === 400 || reply.status === 413) ? reply.status : undefined;
}

function judge<T>(reply: PlatformReply, delivered: T): DeliveryTry<T> {
  const reason = explain(reply);
  if (reply.kind !== 'reply') return { kind: 'passing', reason };
  if (reply.status >= 200 && reply.status < 300) return { kind: 'delivered', value: delivered };
  if (!isRetryableStatus(reply.status)) return { kind: 'refused', reason };
  return { kind: 'passing', reason, waitMs: retryAfterMs(reply.retryAfter, Date.now(), 60_000) };
}

/** The outcome of a call for a log line, without its URL. */
export function explain(reply: PlatformReply): string {
  if (reply.kind === 'reply') return `HTTP ${reply.status}`;
  return reply.kind === 'network' ? `network error ${reply.reason}` : reply.kind;
}
