import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeFrames, frameCountOf } from '../../../core/dsp/frame-analyzer.ts';
import { FrameStream } from '../../../core/dsp/frame-stream.ts';
import { planKaldiFbank, WESPEAKER_FBANK } from '../../../core/dsp/kaldi-fbank.ts';
import { GE2E_MEL, planPowerMel } from '../../../core/dsp/power-mel.ts';
import { cutAt, noise } from '../../support/signals.ts';

const fbank = planKaldiFbank(WESPEAKER_FBANK);
const powerMel = planPowerMel(GE2E_MEL);

describe('FrameStream', () => {
  it.each(['snip', 'zeros'] as const)(
    'gives the frames of the whole signal however it is cut (%s)',
    (edges) => {
      const analyzer = edges === 'snip' ? fbank : powerMel;
      const places = fc.array(fc.nat(12_000), { maxLength: 8 });
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 12_000 }), places, (length, cuts) => {
          const samples = noise(length, { amplitude: 0.3 });
          const expected = new Float32Array(frameCountOf(analyzer, length, edges) * analyzer.binCount);
          analyzeFrames(analyzer, samples, edges, expected);

          const stream = new FrameStream(analyzer, edges);
          const actual = new Float32Array(expected.length);
          let offset = 0;
          for (const block of cutAt(samples, cuts)) {
            const promised = stream.framesOfNext(block.length);
            expect(stream.push(block, actual.subarray(offset))).toBe(promised);
            offset += promised * analyzer.binCount;
          }
          stream.finish(actual.subarray(offset));

          expect(stream.frameCount * analyzer.binCount).toBe(expected.length);
          expect(actual).toEqual(expected);
        }),
        { numRuns: 60 },
      );
    },
  );

  it('gives a frame as soon as its window is complete', () => {
    const stream = new FrameStream(powerMel, 'zeros');
    expect(stream.framesOfNext(199)).toBe(0);
    expect(stream.framesOfNext(200)).toBe(1);
    expect(stream.framesOfNext(360)).toBe(2);
  });

  it('refuses a buffer that is too small', () => {
    const stream = new FrameStream(fbank, 'snip');
    expect(() => stream.push(new Float32Array(400), new Float32Array(79))).toThrow(/do not fit/);
  });
});
