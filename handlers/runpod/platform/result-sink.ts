import { retryAfterMs } from '../../../core/net/retry-after.ts';
import { isRetryableStatus } from '../../../core/net/retryable-status.ts';
import type { Clock } from '../clock.ts';
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

/** What a reply to a post means. */
type Verdict = 'accepted' | 'refused' | 'retry' | 'final';

/** Delivers final results: the work is done, so a result is kept and posted again until the platform has it. */
export function createResultSink(options: ResultSinkOptions): ResultSink {
  const { clock, timing } = options;

  async function deliver(
    jobId: string,
    body: string,
    isStream: boolean,
    onSlow: () => void,
  ): Promise<Delivery> {
    const start = clock.now();
    let text = body;
    let result: Delivery = 'delivered';
    for (let attempt = 1; ; attempt++) {
      const reply = await options.client.postOutput(jobId, text, isStream, options.signal);
      const verdict = judge(reply);
      if (verdict === 'accepted') return result;
      options.log('WARN', `Posting the result failed (attempt ${attempt}): ${explain(reply)}.`, jobId);
      if (verdict === 'refused' && result === 'delivered') {
        text = options.refusedBody(jobId, reply.kind === 'reply' ? reply.status : 0, Buffer.byteLength(body));
        result = 'replaced';
        continue;
      }
      const wait = waitAfter(reply, attempt);
      const outOfTime = options.signal.aborted || clock.now() - start + wait > timing.giveUpPostMs;
      if (verdict !== 'retry' || outOfTime) {
        options.log('ERROR', `The result is lost after ${attempt} posts: ${explain(reply)}.`, jobId);
        options.onLost(jobId, explain(reply));
        return 'lost';
      }
      if (attempt >= timing.postsBeforeNextJob) onSlow();
      await clock.sleep(wait, options.signal);
    }
  }

  function waitAfter(reply: PlatformReply, attempt: number): number {
    const step = timing.postWaitsMs[Math.min(attempt, timing.postWaitsMs.length) - 1]!;
    const asked = reply.kind === 'reply' ? retryAfterMs(reply.retryAfter, Date.now(), 60_000) : undefined;
    return asked ?? step * (1 + 0.1 * Math.random());
  }

  return {
    post: (jobId, body, isStream) => {
      let slow: () => void = () => undefined;
      const isSlow = new Promise<void>((resolve) => (slow = resolve));
      const settled = deliver(jobId, body, isStream, slow);
      return { settled, placeFree: Promise.race([settled, isSlow]) };
    },
  };
}

function judge(reply: PlatformReply): Verdict {
  if (reply.kind !== 'reply') return 'retry';
  const { status } = reply;
  if (status >= 200 && status < 300) return 'accepted';
  if (status === 400 || status === 413) return 'refused';
  return isRetryableStatus(status) ? 'retry' : 'final';
}

/** The outcome of a call for a log line, without its URL. */
export function explain(reply: PlatformReply): string {
  if (reply.kind === 'reply') return `HTTP ${reply.status}`;
  return reply.kind === 'network' ? `network error ${reply.reason}` : reply.kind;
}
