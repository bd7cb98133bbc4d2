import type * as z from 'zod';
import {
  runReplySchema,
  statusReplySchema,
  streamReplySchema,
  type RunpodState,
} from '../contract/runpod.ts';
import { hasEnded, type EventBatch, type JobSnapshot, type JobState, type Submission } from './transport.ts';
import { TransportFailure } from './transport-failure.ts';

/** Audio bytes in one job: `/run` takes 10 MB, base64 makes four bytes of three, and the rest of the job needs room. */
export const RUNPOD_INLINE_AUDIO_BYTES = 7_000_000;

const STATES: Readonly<Record<RunpodState, JobState>> = {
  IN_QUEUE: 'queued',
  IN_PROGRESS: 'running',
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'canceled',
  TIMED_OUT: 'timed-out',
};

/** The body of `/run`. */
export function runBody({ input, policy }: Submission): Record<string, unknown> {
  if (policy === undefined) return { input };
  const { executionTimeoutMs, ttlMs, lowPriority } = policy;
  return {
    input,
    policy: {
      ...(executionTimeoutMs === undefined ? {} : { executionTimeout: executionTimeoutMs }),
      ...(ttlMs === undefined ? {} : { ttl: ttlMs }),
      ...(lowPriority === undefined ? {} : { lowPriority }),
    },
  };
}

function checked<T>(schema: z.ZodType<T>, reply: unknown): T {
  const parsed = schema.safeParse(reply);
  if (!parsed.success) throw new TransportFailure('malformed', { cause: parsed.error });
  return parsed.data;
}

/** Error text may be an object where a worker is not ours. */
function withErrorText(reply: unknown): unknown {
  if (typeof reply !== 'object' || reply === null || !('error' in reply) || typeof reply.error === 'string')
    return reply;
  return { ...reply, error: JSON.stringify(reply.error) };
}

/**
 * A job that was known by its key may have ended already. Its outcome is not in this reply: it counts as running, so
 * that somebody looks.
 *
 * @throws TransportFailure `malformed`
 */
export function readRunReply(reply: unknown): JobSnapshot {
  const { id, status } = checked(runReplySchema, reply);
  const state = STATES[status];
  return { id, state: hasEnded(state) ? 'running' : state };
}

/** @throws TransportFailure `malformed` */
export function readStatusReply(reply: unknown): JobSnapshot {
  const { id, status, output, error } = checked(statusReplySchema, withErrorText(reply));
  return { id, state: STATES[status], output, error };
}

/** @throws TransportFailure `malformed` */
export function readStreamReply(reply: unknown): EventBatch {
  const { status, stream } = checked(streamReplySchema, reply);
  return { state: STATES[status], events: (stream ?? []).map(({ output }) => output) };
}
