/** However long a server asks us to wait, an hour is a mistake of its clock. */
const MAX_WAIT_MS = 3_600_000;

/**
 * What `Retry-After` asks for, in milliseconds: seconds or an HTTP date; `undefined` where it is neither.
 *
 * @param header the header as it came
 * @param nowMs  wall clock in milliseconds since 1970, for dates
 * @param maxMs  longer waits are cut to this
 */
export function retryAfterMs(
  header: string | null | undefined,
  nowMs: number,
  maxMs: number = MAX_WAIT_MS,
): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  const waitMs = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1000;
  return Number.isNaN(waitMs) ? undefined : Math.min(maxMs, Math.max(0, waitMs));
}
