import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOffDelayMs, createBackOff } from '../../../core/net/back-off.ts';

describe('createBackOff', () => {
  it('doubles up to its limit, begins anew after a reset, and is spread', () => {
    const timing = { firstDelayMs: 100, maxDelayMs: 1_000 };
    const least = createBackOff(timing, () => 0);
    expect([1, 2, 3, 4, 5, 6].map(() => least.next())).toEqual([75, 150, 300, 600, 750, 750]);
    least.reset();
    expect(least.next()).toBe(75);
    const most = createBackOff(timing, () => 1);
    expect([1, 2].map(() => most.next())).toEqual([100, 200]);
  });
});

describe('backOffDelayMs', () => {
  it('grows by its factor', () => {
    const timing = { firstDelayMs: 500, maxDelayMs: 5_000, factor: 1.5 };
    expect([0, 1, 2, 50].map((attempt) => backOffDelayMs(attempt, timing, 1))).toEqual([
      500, 750, 1125, 5_000,
    ]);
  });

  it('is within three quarters and all of its step, for any attempt', () => {
    const random = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(fc.nat(5_000), random, (attempt, spread) => {
        const wait = backOffDelayMs(attempt, { firstDelayMs: 50, maxDelayMs: 5_000 }, spread);
        return wait >= 37.5 && wait <= 5_000;
      }),
    );
  });

  it('is nothing where the first wait is nothing, however often', () => {
    expect(backOffDelayMs(5_000, { firstDelayMs: 0, maxDelayMs: 5_000 }, 1)).toBe(0);
  });
});
