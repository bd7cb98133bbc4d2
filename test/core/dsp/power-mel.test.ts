import { describe, expect, it } from 'vitest';
import { analyzeFrames, frameCountOf } from '../../../core/dsp/frame-analyzer.ts';
import { GE2E_MEL, planPowerMel } from '../../../core/dsp/power-mel.ts';
import { raiseVolume } from '../../../core/dsp/volume-normalization.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { goldenItems, goldenPath, type GoldenItem } from '../../support/front-end-goldens.ts';
import { readFloat32, readNpy } from '../../support/npy.ts';
import { noise } from '../../support/signals.ts';

const items = goldenItems(/^ge2e\/mel-.*\.npy$/);
const analyzer = planPowerMel(GE2E_MEL);

function edgesOf(item: GoldenItem): 'zeros' | 'reflect' {
  return item.parameters.pad_mode === 'reflect' ? 'reflect' : 'zeros';
}

/** Relative error where a value is more than a millionth of the largest, as the manifest's note asks. */
function worstRelative(actual: Float32Array, expected: Float32Array): number {
  const floor = 1e-6 * expected.reduce((max, value) => Math.max(max, value), 0);
  return expected.reduce((worst, value, index) => {
    return value > floor ? Math.max(worst, Math.abs(actual[index]! - value) / value) : worst;
  }, 0);
}

describe('planPowerMel for GE2E', () => {
  it.each(items)('equals librosa in $file', (item) => {
    expect(item.parameters).toMatchObject({
      n_fft: 400,
      hop_length: 160,
      n_mels: 40,
      norm: 'slaney',
      log: false,
    });
    const samples = readFloat32(goldenPath(item.input!));
    raiseVolume(samples);
    const frameCount = frameCountOf(analyzer, samples.length, edgesOf(item));
    const mel = new Float32Array(frameCount * 40);
    analyzeFrames(analyzer, samples, edgesOf(item), mel);
    const expected = readNpy(goldenPath(item.file)) as { shape: number[]; data: Float32Array };
    expectArrayClose(
      { shape: [frameCount, 40], data: mel },
      expected,
      { maxAbs: item.tolerance.maxAbs! },
      item.file,
    );
    expect(worstRelative(mel, expected.data), item.file).toBeLessThanOrEqual(1e-4);
  });

  it('covers both ways of padding', () => {
    expect(new Set(items.map(edgesOf))).toEqual(new Set(['zeros', 'reflect']));
  });

  it('is linear in power, so a gain may be applied to frames instead of samples', () => {
    const samples = noise(4000, { amplitude: 0.1 });
    const [plain, raised] = [1, 3].map((gain) => {
      const mel = new Float32Array(26 * 40);
      analyzeFrames(
        analyzer,
        samples.map((value) => value * gain),
        'zeros',
        mel,
      );
      return mel;
    });
    expectArrayClose(
      raised!,
      plain!.map((value) => 9 * value),
      { maxRelative: 1e-5 },
    );
  });
});
