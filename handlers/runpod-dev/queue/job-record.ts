import { createHash, randomUUID } from 'node:crypto';
import type { PlatformLimits } from '../platform-limits.ts';
import type { Payload } from '../storage/payload.ts';

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

/** By what a caller names its work, for when a reply is lost and it sends the job again. */
export type JobIdentity = {
  readonly key: string;
  /** Of everything in the input but its audio, whose address may be another each time. */
  readonly digest: string;
};

/** A job of the local platform; times are wall clock, in milliseconds since 1970. */
export type JobRecord = {
  readonly id: string;
  readonly identity: JobIdentity | undefined;
  /** What else the caller sent and the worker shall see: `webhook`, `s3Config`. */
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly webhook: string | undefined;
  readonly executionTimeoutMs: number;
  readonly createdMs: number;
  /** Gone once the job has ended and cannot run again. */
  input: Payload | undefined;
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
  output: Payload | undefined;
  /** Text, as JSON. */
  error: Payload | undefined;
  /** Streamed values that nobody has fetched yet. */
  chunks: Payload[];
};

/** What a caller hands in. */
export type QueuedRequest = {
  readonly input: Payload;
  readonly identity: JobIdentity | undefined;
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
    identity: submission.identity,
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

/** The identity that an input has by its `idempotencyKey`; undefined for one without. */
export function identityOf(input: unknown): JobIdentity | undefined {
  if (typeof input !== 'object' || input === null || !('idempotencyKey' in input)) return undefined;
  const key = input.idempotencyKey;
  if (typeof key !== 'string' || key === '') return undefined;
  const work = JSON.stringify({ ...input, audio: '' }, sortedMembers);
  return { key, digest: createHash('sha256').update(work).digest('base64') };
}

/** The same text for the same members, in whatever order they came. */
function sortedMembers(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** True for states that a job leaves only by `/retry`. */
export function isFinal(state: PlatformJobState): boolean {
  return state !== 'IN_QUEUE' && state !== 'IN_PROGRESS';
}

/** True for a job that `/retry` may put into the queue again. */
export function isRetriable({ state }: { readonly state: PlatformJobState }): boolean {
  return state === 'FAILED' || state === 'TIMED_OUT';
}

/** All payloads of a job. */
export function payloadsOf(job: JobRecord): Payload[] {
  return [job.input, job.output, job.error, ...job.chunks].filter((payload) => payload !== undefined);
}
