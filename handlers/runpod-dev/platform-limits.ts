/** The rules of the platform that a job meets, with the numbers that RunPod documents. */
export type PlatformLimits = {
  /** Longest time of running, unless the job says another. */
  readonly executionTimeoutMs: number;
  /** Longest life of a job, unless it says another. */
  readonly ttlMs: number;
  /** How long results of `/run` and `/runsync` are kept. */
  readonly runRetentionMs: number;
  readonly runSyncRetentionMs: number;
  /** Bounds and default of `?wait=` of `/runsync`. */
  readonly waitMs: { readonly min: number; readonly max: number; readonly default: number };
  /** How often a job may lose its worker before it fails. */
  readonly maxAttempts: number;
  /** A job whose worker has not named it in a ping for this long goes to another. */
  readonly leaseMs: number;
  /** How long a poll of a worker is held open. */
  readonly holdMs: number;
  /** Bytes of inputs, results and streamed values that are kept; beyond it the oldest results go early. */
  readonly maxKeptBytes: number;
  /** How long `/stream` waits for a chunk before it answers without. */
  readonly streamHoldMs: number;
};

/**
 * RunPod's documented times; lease and holds are ours, since RunPod does not document its own: pings come every 2 s
 * here, and a lease lasts five of them.
 */
export const DEFAULT_PLATFORM_LIMITS: PlatformLimits = Object.freeze({
  executionTimeoutMs: 600_000,
  ttlMs: 24 * 3600_000,
  runRetentionMs: 30 * 60_000,
  runSyncRetentionMs: 60_000,
  waitMs: Object.freeze({ min: 1_000, max: 300_000, default: 90_000 }),
  maxAttempts: 3,
  leaseMs: 10_000,
  holdMs: 20_000,
  // In memory, unless the platform has a folder.
  maxKeptBytes: 1024 ** 3,
  streamHoldMs: 1_000,
});

/** Largest bodies, when size limits are on: of `/run`, of `/runsync`, of results and of one streamed value. */
export const SIZE_LIMITS = Object.freeze({
  runBytes: 10_000_000,
  runSyncBytes: 20_000_000,
  chunkBytes: 1_000_000,
});

/** No body may be larger, even with size limits off: it is in memory while it is read. */
export const MAX_BODY_BYTES = 256 * 1024 ** 2;

/** Bytes of bodies that are read at the same time; others wait. */
export const BODY_BUDGET_BYTES = 256 * 1024 ** 2;

/** With a folder for data, disk is what limits. */
export const MAX_KEPT_BYTES_ON_DISK = 32 * 1024 ** 3;

/** Members of all objects of a submission together: more is no job but an attack on whoever reads it. */
export const MAX_SUBMISSION_MEMBERS = 200_000;
