import {
  type ErrorBody,
  type JobInput,
  SCHEMA_VERSION,
  type WebhookEvent,
} from '../../../sdk/contract/index.ts';
import { createGuardedHttp, DEFAULT_FETCH_LIMITS, type FetchPolicy } from '../fetch-audio/index.ts';
import { postWebhook, type WebhookDelivery, type WebhookOptions } from './post-webhook.ts';

/** A job that is over, and what it brought along for whoever is told. */
export type EndedJob = {
  readonly jobId: string;
  readonly input: Pick<JobInput, 'task' | 'webhook' | 'idempotencyKey' | 'metadata'>;
  /** Absent for a job that has a result. */
  readonly error?: ErrorBody | undefined;
};

/** Tells addresses that jobs name how these ended. */
export type WebhookSender = {
  /**
   * Never rejects: a webhook that fails is no failure of the job.
   *
   * @returns undefined for a job that names no address
   */
  send(
    ended: EndedJob,
    delivery: Pick<WebhookOptions, 'onSlow' | 'traceparent' | 'retryDelaysMs'> & {
      readonly signal: AbortSignal;
    },
  ): Promise<WebhookDelivery | undefined>;
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
    send: async (ended, { signal, ...delivery }) => {
      const { webhook } = ended.input;
      if (webhook === undefined) return undefined;
      return postWebhook(
        webhook,
        `msg_${ended.jobId}`,
        eventOf(ended),
        { secret, http, ...delivery },
        signal,
      );
    },
  };
}

function eventOf({ jobId, input, error }: EndedJob): WebhookEvent {
  const { task, idempotencyKey, metadata } = input;
  return {
    schemaVersion: SCHEMA_VERSION,
    type: error === undefined ? 'job.completed' : 'job.failed',
    timestamp: new Date().toISOString(),
    data: {
      jobId,
      task,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(error === undefined ? {} : { error }),
    },
  };
}
