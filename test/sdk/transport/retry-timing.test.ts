import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  POLL_TIMING,
  RETRY_TIMING,
  delayMs,
  isTransient,
  retryAfterMs,
} from '../../../sdk/transport/retry-timing.ts';
import { TransportFailure } from '../../../sdk/transport/transport-failure.ts';

describe('the wait between attempts', () => {
  test('grows from the first delay to the longest, and no further', () => {
    const steps = Array.from({ length: 12 }, (_, attempt) => delayMs(attempt, RETRY_TIMING, 1));
    expect(steps.slice(0, 4)).toEqual([500, 1000, 2000, 4000]);
    expect(steps.at(-1)).toBe(30_000);
    expect(delayMs(0, POLL_TIMING, 1)).toBe(500);
    expect(delayMs(50, POLL_TIMING, 1)).toBe(5000);
  });

  test('is bounded and spread for any attempt', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const wait = delayMs(attempt, RETRY_TIMING, random);
        expect(wait).toBeGreaterThanOrEqual(375);
        expect(wait).toBeLessThanOrEqual(30_000);
      }),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  test.each([
    ['3', 3000],
    ['0', 0],
    ['0.5', 500],
    ['-5', 0],
    ['999999999', 3_600_000],
    ['Sat, 21 Nov 2026 12:00:10 GMT', 10_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [' ', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%j is %j ms', (header, wait) => {
    expect(retryAfterMs(header, now)).toBe(wait);
  });
});

test('a status that can pass is transient, a refusal is not', () => {
  const transient = (status: number): boolean => isTransient(new TransportFailure('status', { status }));
  expect([408, 425, 429, 500, 502, 503, 504, 524].every(transient)).toBe(true);
  expect([400, 401, 403, 404, 405, 409, 410, 413, 422, 501, 505].some(transient)).toBe(false);
  expect(isTransient(new TransportFailure('network'))).toBe(true);
});
