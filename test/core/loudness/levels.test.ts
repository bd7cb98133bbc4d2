import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LevelMeter } from '../../../core/loudness/levels.ts';
import { cutAt, noise, sine } from '../../support/signals.ts';

function levelsOf(...blocks: readonly Float32Array[]) {
  const meter = new LevelMeter();
  for (const block of blocks) meter.push(block);
  return meter.levels();
}

describe('LevelMeter', () => {
  it('gives a sine at full scale -3.01 dBFS and a peak of 0', () => {
    const { rmsDbfs, peakDbfs } = levelsOf(sine(1000, 1));
    expect(rmsDbfs).toBeCloseTo(-3.0103, 4);
    expect(peakDbfs).toBeCloseTo(0, 6);
  });

  it('gives the mean absolute value of 16-bit samples, linear, under its own name', () => {
    expect(levelsOf(Float32Array.from([100 / 32_768, -300 / 32_768])).meanAbsolute16Bit).toBe(200);
    // The most negative sample, whose absolute value has no 16-bit integer.
    expect(levelsOf(Float32Array.from([-1])).meanAbsolute16Bit).toBe(32_768);
  });

  it('gives minus infinity for silence and for nothing', () => {
    for (const samples of [new Float32Array(100), new Float32Array()]) {
      expect(levelsOf(samples)).toEqual({ rmsDbfs: -Infinity, peakDbfs: -Infinity, meanAbsolute16Bit: 0 });
    }
  });

  it('gives the same however the recording is cut', () => {
    const samples = noise(2000, { amplitude: 0.4 });
    fc.assert(
      fc.property(fc.array(fc.nat(2000), { maxLength: 6 }), (places) => {
        expect(levelsOf(...cutAt(samples, places))).toEqual(levelsOf(samples));
      }),
    );
  });
});
