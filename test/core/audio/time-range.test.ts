import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutRange, type TimeRange } from '../../../core/audio/time-range.ts';
import { cutAt } from '../../support/signals.ts';

const ramp = Float32Array.from({ length: 1000 }, (_, index) => index);

async function cut(
  blocks: readonly Float32Array[],
  range: TimeRange,
  rate = 100,
  channels = 1,
): Promise<number[]> {
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* stream() {
    yield* blocks;
  }
  const values: number[] = [];
  for await (const block of cutRange(stream(), range, rate, channels)) values.push(...block);
  return values;
}

describe('cutRange', () => {
  it('gives the samples of the range, however the recording is cut into blocks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(1000)),
        fc.nat(999),
        fc.integer({ min: 1, max: 400 }),
        async (places, start, length) => {
          const end = Math.min(1000, start + length);
          const range = { startSeconds: start / 100, endSeconds: end / 100 };
          expect(await cut(cutAt(ramp, places), range)).toEqual([...ramp.subarray(start, end)]);
        },
      ),
    );
  });

  it('goes to the end where there is none', async () => {
    expect(await cut([ramp], { startSeconds: 9.5 })).toEqual([...ramp.subarray(950)]);
  });

  it('counts frames where channels are interleaved', async () => {
    expect(await cut([ramp], { startSeconds: 1, endSeconds: 1.01 }, 100, 2)).toEqual([200, 201]);
  });

  it('does not read what comes after the range', async () => {
    // eslint-disable-next-line @typescript-eslint/require-await
    async function* endless() {
      for (;;) yield ramp;
    }
    let count = 0;
    for await (const block of cutRange(endless(), { startSeconds: 0, endSeconds: 30 }, 100))
      count += block.length;
    expect(count).toBe(3000);
  });

  it('forgives an end that decimals rounded up', async () => {
    expect(await cut([ramp], { startSeconds: 9.9, endSeconds: 10.005 })).toHaveLength(10);
  });

  it.each<[string, TimeRange]>([
    ['is reversed', { startSeconds: 3, endSeconds: 2 }],
    ['is empty', { startSeconds: 3, endSeconds: 3 }],
    ['begins before the recording', { startSeconds: -1 }],
    ['begins at its end', { startSeconds: 10 }],
    ['ends after it', { startSeconds: 0, endSeconds: 10.5 }],
    ['is no number', { startSeconds: NaN }],
    ['ends never', { startSeconds: 0, endSeconds: Infinity }],
  ])('refuses a range that %s', async (_, range) => {
    await expect(cut([ramp], range)).rejects.toMatchObject({ code: 'invalid_option' });
  });
});
