import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preemphasize } from '../../../core/dsp/preemphasis.ts';
import { cutAt, noise } from '../../support/signals.ts';

describe('preemphasize', () => {
  it('keeps the first sample and subtracts a part of the one before from all others', () => {
    const out = new Float32Array(3);
    expect(preemphasize(Float32Array.from([1, 2, 4]), 0.5, 0, out)).toBe(4);
    expect([...out]).toEqual([1, 1.5, 3]);
  });

  it('gives the same however the signal is cut, also in place', () => {
    const samples = noise(300);
    const expected = new Float32Array(300);
    preemphasize(samples, 0.97, 0, expected);
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 6 }), (places) => {
        const copy = samples.slice();
        let previous = 0;
        for (const block of cutAt(copy, places)) previous = preemphasize(block, 0.97, previous, block);
        expect(copy).toEqual(expected);
      }),
    );
  });
});
