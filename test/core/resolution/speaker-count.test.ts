import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitCount, countSpeakers, maxCount } from '../../../core/resolution/speaker-count.ts';
import { tinyObservations } from '../../support/tiny-observations.ts';

const active = (...frames: [number, number][]) => ({ frames, embedding: null });

describe('countSpeakers', () => {
  it('rounds the mean over chunks half to even: 0.5 to 0, 1.5 to 2', () => {
    // Frames 5 to 9 are covered twice.
    const observations = tinyObservations([[active([5, 6], [6, 7]), active([6, 7])], [active([1, 2])]]);
    const counts = countSpeakers(observations);
    expect(counts[5]).toBe(0);
    expect(counts[6]).toBe(2);
  });

  it('counts frames that one chunk covers as they are, and none where no chunk is', () => {
    const observations = tinyObservations([[active([0, 2]), active([1, 3]), active([1, 2])]]);
    expect([...countSpeakers(observations)]).toEqual([1, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(countSpeakers(tinyObservations([]))).toHaveLength(0);
  });
});

describe('bitCount and maxCount', () => {
  it('count the bits of every byte', () => {
    for (let byte = 0; byte < 256; byte += 1) {
      expect(bitCount(byte)).toBe(byte.toString(2).replaceAll('0', '').length);
    }
  });

  it('find the largest count, 0 in nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (counts) => {
        expect(maxCount(counts)).toBe(Math.max(0, ...counts));
      }),
    );
  });
});
