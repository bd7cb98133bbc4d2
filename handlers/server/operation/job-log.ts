import type { WebhookDelivery } from '../../work/webhook/post-webhook.ts';
import type { DeskJob } from '../desk/desk-job.ts';

/** What is known of a job that has ended; nothing of what was said in it. */
export type EndedJobFacts = {
  readonly job: DeskJob;
  readonly traceId?: string | undefined;
  /** How its webhook ended, told once it has. */
  readonly webhook?: WebhookDelivery | undefined;
};

/** A line of the log for a job that has ended, and one more when its webhook has. */
export function jobLine({ job, traceId, webhook }: EndedJobFacts, now = new Date()): string {
  const { id: jobId, owner: keyId, task, state, error, createdAtMs, startedAtMs, endedAtMs } = job;
  const about = { time: now.toISOString(), jobId, traceId, keyId, task };
  if (webhook !== undefined) return line({ ...about, webhook: webhook.reason, attempts: webhook.attempts });
  const waitMs = (startedAtMs ?? endedAtMs ?? createdAtMs) - createdAtMs;
  const ms = startedAtMs === undefined || endedAtMs === undefined ? 0 : endedAtMs - startedAtMs;
  return line({ ...about, state, code: error?.code, waitMs, ms });
}

function line(facts: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(facts)}\n`;
}
