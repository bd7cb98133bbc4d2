import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBackOff, retryAfterMs } from '../../../../handlers/runpod/platform/back-off.ts';

describe('createBackOff', () => {
  it('doubles up to its limit, begins anew after a reset, and is spread', () => {
    const least = createBackOff({ firstMs: 100, maxMs: 1_000, random: () => 0 });
    expect([1, 2, 3, 4, 5, 6].map(() => least.next())).toEqual([75, 150, 300, 600, 750, 750]);
    least.reset();
    expect(least.next()).toBe(75);
    const most = createBackOff({ firstMs: 100, maxMs: 1_000, random: () => 1 });
    expect([1, 2].map(() => most.next())).toEqual([100, 200]);
  });

  it('never waits longer than its limit', () => {
    fc.assert(
      fc.property(fc.nat(2_000), (attempts) => {
        const backOff = createBackOff({ firstMs: 50, maxMs: 5_000 });
        let wait = 0;
        for (let i = 0; i <= attempts; i++) wait = backOff.next();
        return wait > 0 && wait <= 5_000;
      }),
    );
  });
});

describe('retryAfterMs', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['soon', undefined],
    ['3', 3_000],
    ['0.5', 500],
    ['-1', 0],
    ['99999', 60_000],
    ['Thu, 01 Jan 1970 00:00:10 GMT', 9_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ])('reads %j as %j', (header, ms) => {
    expect(retryAfterMs(header, 1_000, 60_000)).toBe(ms);
  });
});
