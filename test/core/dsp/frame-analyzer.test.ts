import { describe, expect, it } from 'vitest';
import { analyzeFrames, frameCountOf, type FrameAnalyzer } from '../../../core/dsp/frame-analyzer.ts';

/** A frame is the window itself. */
const identity: FrameAnalyzer = {
  windowSamples: 4,
  hopSamples: 2,
  binCount: 4,
  analyze(samples, start, out, outOffset) {
    out.set(samples.subarray(start, start + 4), outOffset);
  },
};

function framesOf(samples: readonly number[], edges: 'snip' | 'zeros' | 'reflect'): number[][] {
  const out = new Float32Array(200);
  const count = analyzeFrames(identity, Float32Array.from(samples), edges, out);
  return Array.from({ length: count }, (_, frame) => [...out.subarray(4 * frame, 4 * frame + 4)]);
}

describe('analyzeFrames', () => {
  it('drops what does not fill a window when edges are snipped', () => {
    expect(framesOf([1, 2, 3, 4, 5, 6, 7], 'snip')).toEqual([
      [1, 2, 3, 4],
      [3, 4, 5, 6],
    ]);
    expect(framesOf([1, 2, 3], 'snip')).toEqual([]);
  });

  it('centres frames on multiples of the hop and continues the signal with zeros', () => {
    expect(framesOf([1, 2, 3, 4, 5], 'zeros')).toEqual([
      [0, 0, 1, 2],
      [1, 2, 3, 4],
      [3, 4, 5, 0],
    ]);
    expect(framesOf([], 'zeros')).toEqual([[0, 0, 0, 0]]);
  });

  it('continues the signal by reflection without repeating its end, also in a signal shorter than the window', () => {
    expect(framesOf([1, 2, 3, 4, 5], 'reflect')).toEqual([
      [3, 2, 1, 2],
      [1, 2, 3, 4],
      [3, 4, 5, 4],
    ]);
    expect(framesOf([1, 2], 'reflect')[0]).toEqual([1, 2, 1, 2]);
    expect(framesOf([7], 'reflect')).toEqual([[7, 7, 7, 7]]);
    expect(framesOf([], 'reflect')).toEqual([[0, 0, 0, 0]]);
  });

  it('refuses a buffer that is too small', () => {
    expect(() => analyzeFrames(identity, new Float32Array(8), 'snip', new Float32Array(11))).toThrow(
      /do not fit/,
    );
  });
});

describe('frameCountOf', () => {
  it('gives the counts of Kaldi and librosa for 25 ms every 10 ms', () => {
    const geometry = { windowSamples: 400, hopSamples: 160 };
    expect(frameCountOf(geometry, 160_000, 'snip')).toBe(998);
    expect(frameCountOf(geometry, 399, 'snip')).toBe(0);
    expect(frameCountOf(geometry, 160_000, 'zeros')).toBe(1001);
    expect(frameCountOf(geometry, 20_123, 'reflect')).toBe(126);
  });
});
