import { expect, it } from 'vitest';
import { retryAfterMs } from '../../../core/net/retry-after.ts';

const now = Date.parse('2026-11-21T12:00:00Z');

it.each([
  ['3', 3_000],
  ['0', 0],
  ['0.5', 500],
  ['-5', 0],
  ['999999999', 3_600_000],
  ['Infinity', 3_600_000],
  ['Sat, 21 Nov 2026 12:00:10 GMT', 10_000],
  ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  [' ', undefined],
  [null, undefined],
  [undefined, undefined],
])('reads %j as %j ms', (header, wait) => {
  expect(retryAfterMs(header, now)).toBe(wait);
});

it('never waits longer than it is allowed to', () => {
  expect(retryAfterMs('99999', now, 60_000)).toBe(60_000);
});
