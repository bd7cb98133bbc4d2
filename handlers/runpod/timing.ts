import type { BackOffTiming } from '../../core/net/back-off.ts';
import { DELIVERY_SCHEDULE, type DeliverySchedule } from '../../core/net/deliver.ts';

/** Every waiting time of the worker, in one place. */
export type WorkerTiming = {
  /** How long one poll for jobs or stops may stay open. */
  readonly pollTimeoutMs: number;
  /** How long one post may take. */
  readonly postTimeoutMs: number;
  /**
   * How a result is delivered, to the platform and to a store for large ones: once it is slow, the job no longer holds
   * a place and the next one may run.
   */
  readonly delivery: DeliverySchedule;
  /** First and longest wait after a poll that was answered at once with nothing. */
  readonly emptyBackOff: BackOffTiming;
  /** First and longest wait after a poll that failed. */
  readonly failureBackOff: BackOffTiming;
  /** A poll without jobs that took longer than this was a real long poll, followed by the next at once. */
  readonly longPollMs: number;
  /** Wait after 429 without Retry-After. */
  readonly tooManyRequestsMs: number;
  /** Wait after a stop poll without stops. */
  readonly stopPauseMs: number;
  /** How often a function that decides the concurrency is asked while the worker is full. */
  readonly resizeCheckMs: number;
  /** After the request to stop: how long running jobs may go on. */
  readonly drainMs: number;
  /** After the request to stop: how long the open poll may still deliver a job. */
  readonly latePollMs: number;
  /** After that: how long the last posts may take. */
  readonly lastPostsMs: number;
  /** Limit of the unhealthy report. */
  readonly unhealthyReportMs: number;
};

/**
 * The waits of the original worker where it has them (90 s polls, 2 s and 3 s between posts, 5 s after 429, 1 s
 * between stop polls, 2 s for the unhealthy report); ours where it gives up or hurries.
 */
export const DEFAULT_WORKER_TIMING: WorkerTiming = Object.freeze({
  pollTimeoutMs: 90_000,
  postTimeoutMs: 120_000,
  delivery: DELIVERY_SCHEDULE,
  emptyBackOff: Object.freeze({ firstDelayMs: 50, maxDelayMs: 1_000 }),
  failureBackOff: Object.freeze({ firstDelayMs: 100, maxDelayMs: 5_000 }),
  longPollMs: 1_000,
  tooManyRequestsMs: 5_000,
  stopPauseMs: 1_000,
  resizeCheckMs: 1_000,
  // Orchestrators commonly grant 30 s between SIGTERM and SIGKILL.
  drainMs: 25_000,
  latePollMs: 5_000,
  lastPostsMs: 1_000,
  unhealthyReportMs: 2_000,
});
