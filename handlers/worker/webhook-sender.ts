import type { SpeechError } from '../../core/errors.ts';
import { type JobInput, SCHEMA_VERSION, type WebhookEvent } from '../../sdk/contract/index.ts';
import { createGuardedHttp, DEFAULT_FETCH_LIMITS, type FetchPolicy } from '../work/fetch-audio/index.ts';
import { errorBodyOf } from '../work/jobs/error-body.ts';
import { postWebhook } from '../work/webhook/post-webhook.ts';
import type { JobContext } from '../runpod/jobs/handler.ts';

/** Tells addresses that jobs name how these ended. */
export type WebhookSender = {
  /** Never rejects: a webhook that fails is no failure of the job. */
  send(
    jobId: string,
    input: JobInput,
    failure: SpeechError | undefined,
    context: Pick<JobContext, 'signal' | 'freePlace'>,
  ): Promise<void>;
  close(): Promise<void>;
};

/** @returns undefined without a secret to sign with: nobody could check what is sent */
export function createWebhookSender(
  secret: readonly string[],
  policy: FetchPolicy,
): WebhookSender | undefined {
  if (secret.length === 0) return undefined;
  const http = createGuardedHttp(policy, DEFAULT_FETCH_LIMITS);
  return {
    close: () => http.close(),
    send: async (jobId, input, failure, { signal, freePlace }) => {
      if (input.webhook === undefined) return;
      const event = eventOf(jobId, input, failure);
      const options = { secret, http, onSlow: freePlace };
      await postWebhook(input.webhook, `msg_${jobId}`, event, options, signal);
    },
  };
}

function eventOf(jobId: string, input: JobInput, failure: SpeechError | undefined): WebhookEvent {
  const { task, idempotencyKey, metadata } = input;
  return {
    schemaVersion: SCHEMA_VERSION,
    type: failure === undefined ? 'job.completed' : 'job.failed',
    timestamp: new Date().toISOString(),
    data: {
      jobId,
      task,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(failure === undefined ? {} : { error: errorBodyOf(failure, jobId) }),
    },
  };
}
