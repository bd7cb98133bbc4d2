/** Bounds of one download. Each is enforced while bytes arrive: a server's claims are only a reason to stop earlier. */
export type FetchLimits = {
  readonly maxBytes: number;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** From the first request to the last byte, resumes included. */
  readonly totalTimeoutMs: number;
  /** A slower server holds a worker for nothing. */
  readonly minBytesPerSecond: number;
  /** The speed is judged once in this time. */
  readonly speedWindowMs: number;
  readonly maxRedirects: number;
  /** How often a failed or cut transfer is asked for again. */
  readonly maxRetries: number;
  /** Wait before the first retry; doubles with each. */
  readonly retryDelayMs: number;
};

export const DEFAULT_FETCH_LIMITS: FetchLimits = Object.freeze({
  // 18 hours of 16-bit mono at 16 kHz; the disk of a small worker holds several.
  maxBytes: 2 * 1024 ** 3,
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 15_000,
  totalTimeoutMs: 15 * 60_000,
  // A telephone line carries 8 kB/s: whoever sends less is stuck, or means harm.
  minBytesPerSecond: 1024,
  speedWindowMs: 20_000,
  maxRedirects: 3,
  maxRetries: 3,
  retryDelayMs: 500,
});
