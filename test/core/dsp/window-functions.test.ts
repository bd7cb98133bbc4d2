import { describe, expect, it } from 'vitest';
import { hammingWindow, hannWindow, poveyWindow } from '../../../core/dsp/window-functions.ts';
import { expectArrayClose } from '../../support/close-to.ts';

describe('window functions', () => {
  it('have the values of the textbook for a few samples', () => {
    expectArrayClose(hannWindow(4, 'periodic'), [0, 0.5, 1, 0.5], { maxAbs: 1e-15 });
    expectArrayClose(hannWindow(5, 'symmetric'), [0, 0.5, 1, 0.5, 0], { maxAbs: 1e-15 });
    expectArrayClose(hammingWindow(5, 'symmetric'), [0.08, 0.54, 1, 0.54, 0.08], { maxAbs: 1e-15 });
    expectArrayClose(poveyWindow(5), [0, 0.5 ** 0.85, 1, 0.5 ** 0.85, 0], { maxAbs: 1e-15 });
  });

  it('are one for a single sample', () => {
    expect([...hannWindow(1, 'symmetric')]).toEqual([1]);
    expect([...hannWindow(0, 'periodic')]).toEqual([]);
  });

  it('add up to a constant when periodic and shifted by half', () => {
    const window = hannWindow(400, 'periodic');
    const overlapped = Float64Array.from(
      { length: 200 },
      (_, index) => window[index]! + window[index + 200]!,
    );
    expectArrayClose(overlapped, new Float64Array(200).fill(1), { maxAbs: 1e-15 });
  });
});
