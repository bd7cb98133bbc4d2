import { describe, expect, it } from 'vitest';
import { analyzeFrames, frameCountOf } from '../../../core/dsp/frame-analyzer.ts';
import {
  planKaldiFbank,
  subtractMeanOverTime,
  THREE_D_SPEAKER_FBANK,
  WESPEAKER_FBANK,
  type KaldiFbankOptions,
} from '../../../core/dsp/kaldi-fbank.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { goldenItems, goldenPath, type GoldenItem } from '../../support/front-end-goldens.ts';
import { readFloat32, readNpy } from '../../support/npy.ts';
import { sine } from '../../support/signals.ts';

const items = goldenItems(/^kaldi-fbank\/.*\.npy$/);

/** Parameters that are the same in every recipe and fixed in the code. */
const FIXED = {
  frame_length: 25,
  frame_shift: 10,
  sample_frequency: 16_000,
  dither: 0,
  low_freq: 20,
  high_freq: 0,
  snip_edges: true,
  preemphasis_coefficient: 0.97,
  remove_dc_offset: true,
  use_energy: false,
  use_log_fbank: true,
  use_power: true,
};

function recipeOf(item: GoldenItem): KaldiFbankOptions {
  const recipe = item.parameters.window_type === 'hamming' ? WESPEAKER_FBANK : THREE_D_SPEAKER_FBANK;
  expect({
    inputScale: item.parameters.inputScale,
    windowFunction: item.parameters.window_type,
    melCount: item.parameters.num_mel_bins,
  }).toEqual(recipe);
  expect(item.parameters).toMatchObject(FIXED);
  return recipe;
}

describe('planKaldiFbank', () => {
  it.each(items)('equals torchaudio in $file', (item) => {
    const analyzer = planKaldiFbank(recipeOf(item));
    const samples = readFloat32(goldenPath(item.input!));
    const frameCount = frameCountOf(analyzer, samples.length, 'snip');
    const features = new Float32Array(frameCount * 80);
    analyzeFrames(analyzer, samples, 'snip', features);
    if (item.parameters.then !== undefined) subtractMeanOverTime(features, frameCount, 80);
    const { maxAbs, meanAbs } = item.tolerance;
    expectArrayClose(
      { shape: [frameCount, 80], data: features },
      readNpy(goldenPath(item.file)) as { shape: number[]; data: Float32Array },
      { maxAbs: maxAbs!, meanAbs: meanAbs! },
      item.file,
    );
  });

  it('covers both recipes, with and without the mean', () => {
    expect(items.length).toBeGreaterThanOrEqual(4);
  });

  it('gives the floor, not minus infinity, for silence and a constant', () => {
    for (const value of [0, 0.25]) {
      const features = new Float32Array(80);
      analyzeFrames(
        planKaldiFbank(THREE_D_SPEAKER_FBANK),
        new Float32Array(400).fill(value),
        'snip',
        features,
      );
      expectArrayClose(features, new Float32Array(80).fill(Math.log(2 ** -23)), { maxAbs: 1e-6 });
    }
  });
});

describe('subtractMeanOverTime', () => {
  it('leaves every bin with mean zero and accepts no frames', () => {
    const features = Float32Array.from([1, 10, 3, 30]);
    subtractMeanOverTime(features, 2, 2);
    expect([...features]).toEqual([-1, -10, 1, 10]);
    subtractMeanOverTime(new Float32Array(), 0, 80);
  });

  it('makes the features blind to the gain of the recording', () => {
    const analyzer = planKaldiFbank(WESPEAKER_FBANK);
    const [loud, quiet] = [1, 0.25].map((gain) => {
      const samples = sine(440, 0.5).map((value, index) => gain * 0.5 * value * Math.sin(index / 900));
      const features = new Float32Array(48 * 80);
      analyzeFrames(analyzer, samples, 'snip', features);
      subtractMeanOverTime(features, 48, 80);
      return features;
    });
    expectArrayClose(loud!, quiet!, { maxAbs: 1e-3 });
  });
});
