import { randomUUID } from 'node:crypto';
import type { PlatformLimits } from './platform-limits.ts';

/** States of a job, as the public API names them. */
export const PLATFORM_JOB_STATES = [
  'IN_QUEUE',
  'IN_PROGRESS',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TIMED_OUT',
] as const;

export type PlatformJobState = (typeof PLATFORM_JOB_STATES)[number];

/** A job of the local platform; times are wall clock, in milliseconds since 1970. */
export type JobRecord = {
  readonly id: string;
  readonly input: unknown;
  /** What else the caller sent and the worker shall see: `webhook`, `s3Config`. */
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly webhook: string | undefined;
  readonly executionTimeoutMs: number;
  readonly createdMs: number;
  /** When the job vanishes, whatever its state; the caller can move it. */
  expiresMs: number;
  state: PlatformJobState;
  /** Order in the queue: the lowest is taken first. */
  ticket: number;
  /** How often a worker has taken it. */
  attempts: number;
  /** How often it went back to the queue, after a lost worker or by `/retry`. */
  retries: number;
  workerId: string | undefined;
  startedMs: number | undefined;
  endedMs: number | undefined;
  /** Until then the worker must have named the job in a ping. */
  leaseEndsMs: number | undefined;
  /** Progress while it runs, then the result. */
  output: unknown;
  error: string | undefined;
  /** Streamed values that nobody has fetched yet. */
  chunks: unknown[];
};

/** What a caller hands in. */
export type QueuedRequest = {
  readonly input: unknown;
  readonly webhook?: string;
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly executionTimeoutMs?: number;
  readonly ttlMs?: number;
  readonly isSync: boolean;
};

/** What a job has none of before a worker takes it, the first time or again. */
export const NOT_STARTED = Object.freeze({
  workerId: undefined,
  startedMs: undefined,
  endedMs: undefined,
  leaseEndsMs: undefined,
  output: undefined,
  error: undefined,
}) satisfies Partial<JobRecord>;

/** A new job at the end of the queue; ids of `/runsync` begin with `sync-`. */
export function createJob(
  submission: QueuedRequest,
  limits: Pick<PlatformLimits, 'executionTimeoutMs' | 'ttlMs'>,
  ticket: number,
  nowMs: number,
): JobRecord {
  return {
    id: `${submission.isSync ? 'sync-' : ''}${randomUUID()}-u1`,
    input: submission.input,
    envelope: submission.envelope,
    webhook: submission.webhook,
    executionTimeoutMs: submission.executionTimeoutMs ?? limits.executionTimeoutMs,
    createdMs: nowMs,
    expiresMs: nowMs + (submission.ttlMs ?? limits.ttlMs),
    state: 'IN_QUEUE',
    ticket,
    attempts: 0,
    retries: 0,
    ...NOT_STARTED,
    chunks: [],
  };
}

/** The key by which a caller names its job, for when a reply is lost and it sends the job again. */
export function idempotencyKeyOf(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !('idempotencyKey' in input)) return undefined;
  const key = input.idempotencyKey;
  return typeof key === 'string' && key !== '' ? key : undefined;
}

/** True for states that a job leaves only by `/retry`. */
export function isFinal(state: PlatformJobState): boolean {
  return state !== 'IN_QUEUE' && state !== 'IN_PROGRESS';
}

/** The job as `/status` shows it. */
export function statusView(job: JobRecord): Record<string, unknown> {
  return {
    ...(job.startedMs === undefined ? {} : { delayTime: Math.round(job.startedMs - job.createdMs) }),
    ...(job.error === undefined ? {} : { error: job.error }),
    ...(job.endedMs === undefined || job.startedMs === undefined
      ? {}
      : { executionTime: Math.round(job.endedMs - job.startedMs) }),
    id: job.id,
    ...(job.output === undefined ? {} : { output: job.output }),
    ...(job.retries === 0 ? {} : { retries: job.retries }),
    status: job.state,
    ...(job.workerId === undefined ? {} : { workerId: job.workerId }),
  };
}

/** The job as a worker takes it. */
export function workerView(job: JobRecord): Record<string, unknown> {
  return { id: job.id, input: job.input, ...job.envelope };
}
