import { describe, expect, it } from 'vitest';
import { NemoMel, PARAKEET_MEL, type NemoMelOptions } from '../../../core/dsp/nemo-mel.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { goldenItems, goldenPath } from '../../support/front-end-goldens.ts';
import { readFloat32, readNpy } from '../../support/npy.ts';
import { noise } from '../../support/signals.ts';

const items = goldenItems(/^nemo\/.*\.npy$/);

function spectrogram(options: NemoMelOptions, samples: Float32Array): Float32Array {
  const mel = new NemoMel(options);
  const out = new Float32Array(options.melCount * mel.frameCountOf(samples.length));
  mel.compute(samples, out);
  return out;
}

describe('NemoMel', () => {
  it.each(items)('equals the preprocessor of NeMo in $file', (item) => {
    expect(item.parameters).toMatchObject({
      n_fft: 512,
      win_length: 400,
      hop_length: 160,
      preemphasis: 0.97,
    });
    const options = { ...PARAKEET_MEL, melCount: item.parameters.n_mels as 80 | 128 };
    const samples = readFloat32(goldenPath(item.input!));
    expect(new NemoMel(options).validFrameCountOf(samples.length)).toBe(item.parameters.validFrames);
    const { maxAbs, meanAbs } = item.tolerance;
    expectArrayClose(
      {
        shape: [options.melCount, Math.floor(samples.length / 160) + 1],
        data: spectrogram(options, samples),
      },
      readNpy(goldenPath(item.file)) as { shape: number[]; data: Float32Array },
      { maxAbs: maxAbs!, meanAbs: meanAbs! },
      item.file,
    );
  });

  it('gives every bin mean 0 and deviation 1 over the valid frames and zeros behind', () => {
    const values = spectrogram(PARAKEET_MEL, noise(16_000));
    for (let mel = 0; mel < 128; mel++) {
      const row = values.subarray(mel * 101, mel * 101 + 100);
      const mean = row.reduce((sum, value) => sum + value, 0) / 100;
      expect(mean).toBeCloseTo(0, 5);
      expect(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 99).toBeCloseTo(1, 3);
      expect(values[mel * 101 + 100]).toBe(0);
    }
  });

  it('counts the last frame where older models need it', () => {
    const older: NemoMelOptions = { ...PARAKEET_MEL, validFrames: 'complete-and-last' };
    const samples = noise(1600);
    expect(new NemoMel(older).validFrameCountOf(1600)).toBe(11);
    expect(spectrogram(older, samples)[10]).not.toBe(0);
  });

  it('gives plain logarithms where a model wants no normalisation', () => {
    const plain = spectrogram({ ...PARAKEET_MEL, normalization: 'none' }, new Float32Array(1600));
    expect(plain[0]).toBeCloseTo(Math.log(2 ** -24), 5);
    expect(plain[10]).toBe(0);
  });

  it('stays finite for silence, one frame and nothing', () => {
    for (const length of [16_000, 160, 100, 0]) {
      expect(spectrogram(PARAKEET_MEL, new Float32Array(length)).every(Number.isFinite)).toBe(true);
    }
  });
});
