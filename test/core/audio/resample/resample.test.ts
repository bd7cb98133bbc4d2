import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planResampler, resampledLength } from '../../../../core/audio/resample/resampler-plan.ts';
import { Resampler } from '../../../../core/audio/resample/resample.ts';
import { RealFft } from '../../../../core/dsp/fft.ts';
import { readFloat32 } from '../../../support/npy.ts';
import { sharedFolder } from '../../../support/shared.ts';
import { cutAt, joined, noise, sine } from '../../../support/signals.ts';
import { fitTone, levelDb } from '../../../support/tone-fit.ts';

const shared = join(sharedFolder, 'data', 'golden', 'front-ends', 'resampling');
const folder = existsSync(shared) ? shared : join(import.meta.dirname, '../../../golden/audio/resampling');

type Golden = {
  HQ: { passband: { hz: number; gainDb: number }[]; stopband: { hz: number }[] };
  lengths: { input: number; output: number }[];
  composite: { passbandEdgeHz: number; imageBandDb: number | null };
  suggestedAssertions: {
    passbandRippleDbMax: number;
    passbandUpToHz: number;
    delaySamplesMax: number;
    gainAt7400DbMin?: number;
    leakFrom8500DbMax?: number;
    leakFrom9000DbMax?: number;
    residualDbMax?: number;
    snrBelow7000AgainstSoxrHqDbMin?: number;
    snrBelow3400AgainstSoxrHqDbMin?: number;
  };
};
const golden = JSON.parse(readFileSync(join(folder, 'resampling.json'), 'utf8')) as {
  ratios: Record<string, Golden>;
};

/** Everything through one resampler, cut at these places. */
function resample(
  input: Float32Array,
  inputRate: number,
  outputRate = 16_000,
  cuts: readonly number[] = [],
): Float32Array {
  const resampler = new Resampler(planResampler(inputRate, outputRate));
  const blocks = cutAt(input, cuts).map((block) => resampler.push(block));
  return joined(...blocks, resampler.finish());
}

/** One second of 0.5 sin(2π f t) at 16 kHz, and its part without the edges. */
function resampledTone(hz: number, inputRate: number): { signal: Float32Array; from: number; to: number } {
  return {
    signal: resample(sine(hz, 1, { sampleRate: inputRate, amplitude: 0.5 }), inputRate),
    from: 1600,
    to: 14_400,
  };
}

/** Ratio of signal to difference below a frequency, over one second, in dB. */
function ratioBelow(edgeHz: number, actual: Float32Array, expected: Float32Array): number {
  const fft = new RealFft(16_000);
  const powerBelowEdge = (signal: Float32Array): number => {
    const power = new Float64Array(fft.binCount); // one bin a Hz
    const hann = (n: number): number => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / 16_000);
    fft.powerSpectrum(
      Float64Array.from(signal, (value, n) => value * hann(n)),
      power,
    );
    return power.subarray(0, edgeHz).reduce((sum, value) => sum + value, 0);
  };
  const difference = actual.map((value, n) => value - expected[n]!);
  return 10 * Math.log10(powerBelowEdge(expected) / powerBelowEdge(difference));
}

describe.each(Object.entries(golden.ratios))(
  '%s, against the limits of the golden measurements',
  (ratio, { HQ, lengths, composite, suggestedAssertions: limits }) => {
    const [inputRate, outputRate] = ratio.split('->').map(Number) as [number, number];

    test('the pass band is flat, clean and without delay', () => {
      for (const { hz } of HQ.passband.filter((tone) => tone.hz <= limits.passbandUpToHz)) {
        const { signal, from, to } = resampledTone(hz, inputRate);
        const fit = fitTone(signal, { hz, sampleRate: outputRate, amplitude: 0.5, from, to });
        expect(Math.abs(fit.gainDb), `gain at ${hz} Hz`).toBeLessThan(limits.passbandRippleDbMax);
        expect(Math.abs(fit.delaySamples), `delay at ${hz} Hz`).toBeLessThan(limits.delaySamplesMax);
        expect(fit.residualDb, `residual at ${hz} Hz`).toBeLessThan(
          Math.min(limits.residualDbMax ?? -80, -95),
        );
      }
    });

    test('above the pass band, tones fall no sooner than allowed and what lies above 8 kHz is gone', () => {
      if (limits.gainAt7400DbMin !== undefined) {
        const { signal, from, to } = resampledTone(7400, inputRate);
        const fit = fitTone(signal, { hz: 7400, sampleRate: outputRate, amplitude: 0.5, from, to });
        expect(fit.gainDb).toBeGreaterThan(limits.gainAt7400DbMin);
      }
      for (const { hz } of HQ.stopband) {
        const { signal, from, to } = resampledTone(hz, inputRate);
        const leakDb = levelDb(signal, 0.5, from, to);
        if (hz >= 8500) expect(leakDb, `leak at ${hz} Hz`).toBeLessThan(limits.leakFrom8500DbMax!);
        if (hz >= 9000) expect(leakDb, `leak at ${hz} Hz`).toBeLessThan(limits.leakFrom9000DbMax!);
        if (hz >= 8100) expect(leakDb, `our own limit: leak at ${hz} Hz`).toBeLessThan(-95);
      }
    });

    test('lengths are round(n · out / in)', () => {
      for (const { input, output } of lengths) {
        expect(resample(noise(input), inputRate), `${input} samples`).toHaveLength(output);
      }
    });

    test('below the edge of the pass band the composite signal equals that of soxr HQ', () => {
      const input = readFloat32(join(folder, `signal-${inputRate}.npy`));
      const expected = readFloat32(join(folder, `soxr-hq-${inputRate}-to-${outputRate}.npy`));
      const actual = resample(input, inputRate);
      expect(actual).toHaveLength(expected.length);
      const minimum = limits.snrBelow7000AgainstSoxrHqDbMin ?? limits.snrBelow3400AgainstSoxrHqDbMin!;
      const ratioDb = ratioBelow(composite.passbandEdgeHz, actual, expected);
      expect(ratioDb).toBeGreaterThan(minimum);
      // soxr itself droops by 0.0065 dB at 44.1 kHz, which leaves 76 dB to a flat filter; at the other rates 117.
      expect(ratioDb).toBeGreaterThan(inputRate === 44_100 ? 75 : 110);
    });
  },
);

// Usual rates, and three whose ratio to 16 kHz needs interpolated filters.
const RATES = [
  4000, 6000, 11_025, 12_000, 22_050, 24_000, 32_000, 37_800, 88_200, 96_000, 192_000, 384_000, 1_411_200,
  11_127, 47_952, 100_003,
];

test.each(RATES)('%i Hz: flat, clean, without delay, and nothing folds back', (rate) => {
  const nyquist = Math.min(rate, 16_000) / 2;
  for (const part of [0.01, 0.3, 0.7, 0.9]) {
    const hz = Math.round(nyquist * part);
    const { signal, from, to } = resampledTone(hz, rate);
    const fit = fitTone(signal, { hz, sampleRate: 16_000, amplitude: 0.5, from, to });
    expect(Math.abs(fit.gainDb), `gain at ${hz} Hz`).toBeLessThan(0.001);
    expect(Math.abs(fit.delaySamples), `delay at ${hz} Hz`).toBeLessThan(1e-4);
    expect(fit.residualDb, `residual at ${hz} Hz`).toBeLessThan(-95);
  }
  for (let hz = 8110; hz < rate / 2; hz += (rate / 2 - 8110) / 7 + 1) {
    const { signal, from, to } = resampledTone(hz, rate);
    expect(levelDb(signal, 0.5, from, to), `leak at ${hz} Hz`).toBeLessThan(-95);
  }
});

test.each([8000, 11_127, 44_100, 48_000, 384_000, 1_411_200])(
  '%i Hz: the same output, bit for bit, however the input is cut',
  (rate) => {
    const input = noise(7001, { amplitude: 0.9 });
    const whole = resample(input, rate);
    expect(whole).toHaveLength(resampledLength(planResampler(rate, 16_000), input.length));
    fc.assert(
      fc.property(fc.array(fc.nat(input.length), { maxLength: 30 }), (cuts) => {
        expect(resample(input, rate, 16_000, cuts)).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  },
);

test('blocks longer than the inner buffer give what sample by sample gives', () => {
  const input = noise(40_000);
  const single = resample(
    input,
    44_100,
    16_000,
    Array.from({ length: 40_000 }, (_, i) => i),
  );
  expect(resample(input, 44_100)).toEqual(single);
});

test('a constant stays that constant away from the edges, at every phase', () => {
  for (const rate of [11_127, 44_100, 8000]) {
    const output = resample(new Float32Array(rate).fill(0.25), rate);
    for (let n = 200; n < output.length - 200; n++) expect(output[n]).toBeCloseTo(0.25, 7);
  }
});

test('an empty signal stays empty', () => {
  expect(resample(new Float32Array(0), 44_100)).toHaveLength(0);
});
