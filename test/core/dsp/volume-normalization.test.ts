import { describe, expect, it } from 'vitest';
import { meanSquareOf, raiseVolume, raisingGain } from '../../../core/dsp/volume-normalization.ts';
import { goldenItems, goldenPath } from '../../support/front-end-goldens.ts';
import { readFloat32 } from '../../support/npy.ts';
import { sine } from '../../support/signals.ts';

type Volume = { readonly rmsDbfs: number; readonly gainDb: number };

const items = goldenItems(/^ge2e\/mel-.*-constant\.npy$/);

describe('raisingGain', () => {
  it.each(items)('is that of Resemblyzer for the input of $file', (item) => {
    const { rmsDbfs, gainDb } = item.parameters.volumeNormalisation as Volume;
    const meanSquare = meanSquareOf(readFloat32(goldenPath(item.input!)));
    expect(10 * Math.log10(meanSquare)).toBeCloseTo(rmsDbfs, 4);
    expect(20 * Math.log10(raisingGain(meanSquare))).toBeCloseTo(gainDb, 4);
  });

  it('is one for silence and for what is not a number', () => {
    for (const meanSquare of [0, NaN]) expect(raisingGain(meanSquare)).toBe(1);
  });
});

describe('raiseVolume', () => {
  it('raises a quiet signal to -30 dBFS', () => {
    const samples = sine(440, 1, { amplitude: 1e-4 });
    raiseVolume(samples);
    expect(10 * Math.log10(meanSquareOf(samples))).toBeCloseTo(-30, 5);
  });

  it('leaves a loud signal, silence and nothing as they are', () => {
    for (const samples of [sine(440, 0.1), new Float32Array(100), new Float32Array()]) {
      const before = Float32Array.from(samples);
      raiseVolume(samples);
      expect(samples).toEqual(before);
    }
  });
});
