/** Bounds of one download. Each is enforced while bytes arrive: a server's claims are only a reason to stop earlier. */
export type FetchLimits = {
  /** @default 2 GiB */
  readonly maxBytes: number;
  /** @default 5,000 ms */
  readonly connectTimeoutMs: number;
  /** @default 15,000 ms */
  readonly headersTimeoutMs: number;
  /** From the first request to the last byte, resumes included. @default 15 minutes */
  readonly totalTimeoutMs: number;
  /** A slower server holds a worker for nothing. @default 1,024 */
  readonly minBytesPerSecond: number;
  /** The speed is judged once in this time. @default 20,000 ms */
  readonly speedWindowMs: number;
  /** @default 3 */
  readonly maxRedirects: number;
  /** How often a failed or cut transfer is asked for again. @default 3 */
  readonly maxRetries: number;
  /** Wait before the first retry; doubles with each. @default 500 ms */
  readonly retryDelayMs: number;
  /**
   * The longest wait that a server may ask for (`Retry-After`): a worker that waits works for nobody.
   *
   * @default 60,000 ms
   */
  readonly maxRetryAfterMs: number;
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
  maxRetryAfterMs: 60_000,
});
