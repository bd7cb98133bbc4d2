import { describe, expect, it } from 'vitest';
import { LogMel, WHISPER_CHUNK_SAMPLES } from '../../../core/dsp/log-mel.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { goldenItems, goldenPath } from '../../support/front-end-goldens.ts';
import { readFloat32, readNpy } from '../../support/npy.ts';
import { noise, sine } from '../../support/signals.ts';

const items = goldenItems(/^whisper\/.*\.npy$/);

function spectrogram(samples: Float32Array, paddedSamples = WHISPER_CHUNK_SAMPLES): Float32Array {
  const out = new Float32Array(80 * Math.floor(paddedSamples / 160));
  new LogMel(80).compute(samples, paddedSamples, out);
  return out;
}

describe('LogMel', () => {
  it.skipIf(items.length === 0).each(items)('equals openai-whisper in $file', (item) => {
    expect(item.parameters).toMatchObject({ n_fft: 400, hop_length: 160, dropLastFrame: true, power: 2 });
    const melCount = item.parameters.n_mels as 80 | 128;
    const padTo = item.parameters.padTo as number;
    const values = new Float32Array(melCount * (padTo / 160));
    new LogMel(melCount).compute(readFloat32(goldenPath(item.input!)), padTo, values);

    const expected = readNpy(goldenPath(item.file)) as { shape: [number, number]; data: Float32Array };
    const saved = new Float32Array(expected.data.length);
    for (let mel = 0; mel < melCount; mel++) {
      const start = mel * (padTo / 160);
      saved.set(values.subarray(start, start + expected.shape[1]), mel * expected.shape[1]);
    }
    expectArrayClose(
      { shape: [melCount, saved.length / melCount], data: saved },
      expected,
      { maxAbs: item.tolerance.maxAbs! },
      item.file,
    );
  });

  it('does not depend on zeros being given or implied', () => {
    const samples = noise(20_123, { amplitude: 0.2 });
    const padded = new Float32Array(WHISPER_CHUNK_SAMPLES);
    padded.set(samples);
    expectArrayClose(spectrogram(samples), spectrogram(padded), { maxAbs: 0 });
  });

  it('reflects the signal at the end of a full chunk', () => {
    // 500 Hz, ending on a peak: reflection continues the tone, zeros would be a step that spreads over all bins.
    const values = spectrogram(sine(500, 30.01).slice(9, 480_009));
    const [middle, last] = [1500, 2999].map((frame) =>
      Float32Array.from({ length: 80 }, (_, mel) => values[mel * 3000 + frame]!),
    );
    expectArrayClose(last!, middle!, { maxAbs: 0.01 });
  });

  it('gives the lowest value everywhere for silence and for nothing', () => {
    for (const samples of [new Float32Array(1000), new Float32Array()]) {
      expect(new Set(spectrogram(samples))).toEqual(new Set([(-10 + 4) / 4]));
    }
  });

  it('refuses a signal longer than its chunk and a buffer of another size', () => {
    expect(() => new LogMel(80).compute(new Float32Array(1601), 1600, new Float32Array(800))).toThrow(
      /1601 samples/,
    );
    expect(() => new LogMel(80).compute(new Float32Array(1600), 1600, new Float32Array(801))).toThrow(
      /801 values/,
    );
  });
});
