import type { FormAudio } from '../audio/form-audio.ts';
import type { JobInput } from '../wire.ts';

/** States of a job, whatever the service calls them. */
export type JobState = 'queued' | 'running' | 'completed' | 'failed' | 'canceled' | 'timed-out';

/** What a service says about a job at one moment. Its content is checked later, once, by the job. */
export type JobSnapshot = {
  readonly id: string;
  readonly state: JobState;
  /** Progress while the job runs, its output when it has completed. */
  readonly output?: unknown;
  /** Why it failed: an error body, its JSON text, or whatever else the service gives. */
  readonly error?: unknown;
};

/** Events since the last call. */
export type EventBatch = { readonly state: JobState; readonly events: readonly unknown[] };

/** One event of a stream, with the number that a reader can go on after. */
export type ServerEvent = {
  readonly id: number | undefined;
  readonly type: string;
  readonly data: unknown;
};

/** What the platform does with a job besides running it; services that do not know a setting ignore it. */
export type JobPolicy = {
  /** Longest running time. */
  readonly executionTimeoutMs?: number;
  /** Longest life from submission on, waiting included. */
  readonly ttlMs?: number;
  /** Wait for workers that run anyway instead of starting one. */
  readonly lowPriority?: boolean;
};

/** A job to submit. */
export type Submission = {
  readonly input: JobInput;
  readonly policy?: JobPolicy | undefined;
  /** The recordings, where they travel beside the job: `input.audio` says nothing then. */
  readonly form?: FormAudio | undefined;
};

/**
 * One attempt of one request each, without retries: `sendWithRetries` adds them.
 *
 * All methods reject with `TransportFailure`, or with the reason of the signal.
 */
export type Transport = {
  /** Bytes of audio that a job may carry inside. */
  readonly inlineAudioBytes: number;
  /** Takes recordings beside the job, as files of a form. @default false */
  readonly takesForms?: boolean;
  submit(submission: Submission, signal: AbortSignal): Promise<JobSnapshot>;
  status(jobId: string, signal: AbortSignal): Promise<JobSnapshot>;
  cancel(jobId: string, signal: AbortSignal): Promise<void>;
  events(jobId: string, signal: AbortSignal): Promise<EventBatch>;
  /** Events after a number as they happen, over one connection; absent where a service must be asked. */
  follow?(
    jobId: string,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<ServerEvent, 'over' | 'cut' | 'unsupported'>;
};

/** True once a job has ended. */
export function hasEnded(state: JobState): boolean {
  return state !== 'queued' && state !== 'running';
}
