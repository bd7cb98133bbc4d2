import { describe, expect, it } from 'vitest';
import { ecapaFbank, ecapaFrameCountOf, speechbrainMelFilterBank } from '../../../core/dsp/ecapa-fbank.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { goldenInput } from '../../support/front-end-goldens.ts';
import { joined, noise, sine } from '../../support/signals.ts';
import { MISSING } from '../../support/shared.ts';

/** The definition, line by line as SpeechBrain writes it, with a discrete Fourier transform instead of a fast one. */
function naiveFbank(samples: Float32Array): number[][] {
  const frameCount = 1 + Math.floor(samples.length / 160);
  const frames = Array.from({ length: frameCount }, (_, frame) => {
    const windowed = Array.from({ length: 400 }, (_, n) => {
      const sample = samples[frame * 160 - 200 + n] ?? 0;
      return sample * (0.54 - 0.46 * Math.cos((2 * Math.PI * n) / 400));
    });
    return Array.from({ length: 201 }, (_, bin) => {
      let [re, im] = [0, 0];
      windowed.forEach((value, n) => {
        re += value * Math.cos((2 * Math.PI * bin * n) / 400);
        im -= value * Math.sin((2 * Math.PI * bin * n) / 400);
      });
      return re * re + im * im;
    });
  });
  const toMel = (hz: number): number => 2595 * Math.log10(1 + hz / 700);
  const hz = Array.from(
    { length: 82 },
    (_, index) => 700 * (10 ** (((toMel(8000) / 81) * index) / 2595) - 1),
  );
  const filters = Array.from({ length: 80 }, (_, mel) => {
    const band = hz[mel + 1]! - hz[mel]!;
    return Array.from({ length: 201 }, (_, bin) => {
      const slope = (bin * 40 - hz[mel + 1]!) / band;
      return Math.max(0, Math.min(slope + 1, -slope + 1));
    });
  });
  const decibels = frames.map((power) =>
    filters.map((filter) => {
      const energy = filter.reduce((sum, weight, bin) => sum + weight * power[bin]!, 0);
      return 10 * Math.log10(Math.max(energy, 1e-10));
    }),
  );
  const floor = Math.max(...decibels.flat()) - 80;
  const cut = decibels.map((row) => row.map((value) => Math.max(value, floor)));
  const means = cut[0]!.map((_, mel) => cut.reduce((sum, row) => sum + row[mel]!, 0) / cut.length);
  return cut.map((row) => row.map((value, mel) => value - means[mel]!));
}

describe('ecapaFbank', () => {
  it('is what SpeechBrain defines, on sound with silence before and after', () => {
    const samples = joined(
      new Float32Array(1000),
      sine(440, 0.1, { amplitude: 0.3 }),
      noise(1234),
      new Float32Array(900),
    );
    const expected = naiveFbank(samples);
    const actual = ecapaFbank(samples);
    expect(actual).toHaveLength(ecapaFrameCountOf(samples.length) * 80);
    // float32 results around 80 dB.
    expectArrayClose(actual, expected.flat(), { maxAbs: 2e-5 }, 'fbank');
  });

  it('is what SpeechBrain defines on speech', ({ skip }) => {
    const samples = (goldenInput('inputs/cut-librispeech.npy') ?? skip(MISSING)).subarray(4000, 8000);
    expectArrayClose(ecapaFbank(samples), naiveFbank(samples).flat(), { maxAbs: 2e-5 }, 'fbank');
  });

  it('does not depend on the level of the recording', () => {
    const samples = noise(4000, { amplitude: 0.5 });
    const quiet = samples.map((value) => value / 16);
    expectArrayClose(ecapaFbank(quiet), ecapaFbank(samples), { maxAbs: 1e-4 });
  });

  it('makes zeros of digital silence', () => {
    expect(ecapaFbank(new Float32Array(1600)).every((value) => Math.abs(value) < 1e-6)).toBe(true);
  });
});

describe('speechbrainMelFilterBank', () => {
  it('ends every triangle as far right of its centre as it begins left of it', () => {
    const { firstBins, offsets, weights } = speechbrainMelFilterBank();
    // Triangle 71: 5674, 5875 and 6083 Hz. With the gap to the right it would reach bin 152.
    const own = weights.subarray(offsets[71], offsets[72]);
    expect(firstBins[71]).toBe(142);
    expect(firstBins[71]! + own.length - 1).toBe(151);
  });
});
