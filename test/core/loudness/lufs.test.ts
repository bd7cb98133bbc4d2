import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LufsMeter } from '../../../core/loudness/lufs.ts';
import { LevelMeter } from '../../../core/loudness/levels.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { goldenInput, goldenItems, goldenPath } from '../../support/front-end-goldens.ts';
import { readFloat32 } from '../../support/npy.ts';
import { cutAt, joined, noise, sine } from '../../support/signals.ts';
import { MISSING } from '../../support/shared.ts';

type GoldenSignal = {
  readonly input: string;
  readonly sampleRate: number;
  readonly samples: number;
  readonly channels: number;
  readonly DeMan: {
    readonly integratedStrict: number;
    readonly blocks: number;
    readonly momentaryMax: number;
    readonly momentaryMin: number;
    readonly shortTermMax: number | null;
  };
  readonly rmsDbfs: number;
  readonly peak: number;
};
type Golden = {
  readonly signals: Readonly<Record<string, GoldenSignal>>;
  readonly calibrationSines: Readonly<
    Record<string, { readonly DeMan: { readonly integratedPyloudnorm: number } }>
  >;
  readonly tolerance: { readonly integratedDb: number; readonly rmsDb: number; readonly peak: number };
};

const golden = JSON.parse(readFileSync(goldenPath('loudness/loudness.json'), 'utf8')) as Golden;
const calibrationTones = Object.entries(golden.calibrationSines).filter(([name]) => name.includes('/'));
const series = goldenItems(/^loudness\/.*\.npy$/);

/** The signal that an entry describes, as interleaved samples. */
function samplesOf({ input, channels }: GoldenSignal): Float32Array | undefined {
  const samples = goldenInput(input.split(',')[0]!);
  if (samples === undefined || !input.includes('mean of the two channels')) return samples;
  expect(channels).toBe(1);
  return Float32Array.from({ length: samples.length / 2 }, (_, frame) => {
    return (samples[2 * frame]! + samples[2 * frame + 1]!) / 2;
  });
}

/** Filters as the golden data has them, and as they are by default. */
function metersOf(sampleRate: number, channels: number, samples: Float32Array) {
  const plain = new LufsMeter({ sampleRate, channels, calibrate: false });
  const calibrated = new LufsMeter({ sampleRate, channels });
  plain.push(samples);
  calibrated.push(samples);
  return { plain, calibrated };
}

describe('LufsMeter against pyloudnorm', () => {
  it.for(Object.entries(golden.signals))('measures %s', ([name, signal], { skip }) => {
    const samples = samplesOf(signal) ?? skip(MISSING);
    expect(samples.length, name).toBe(signal.samples * signal.channels);
    const { plain, calibrated } = metersOf(signal.sampleRate, signal.channels, samples);
    const { integratedStrict, blocks, momentaryMax, momentaryMin, shortTermMax } = signal.DeMan;
    const limit = golden.tolerance.integratedDb;
    const momentary = plain.momentaryLufs();
    expect(momentary.length).toBe(blocks);
    expect(Math.abs(plain.integratedLufs()! - integratedStrict)).toBeLessThanOrEqual(limit);
    expect(Math.abs(Math.max(...momentary) - momentaryMax)).toBeLessThanOrEqual(limit);
    expect(Math.abs(Math.min(...momentary) - momentaryMin)).toBeLessThanOrEqual(10 * limit);
    const shortTerm = plain.shortTermLufs();
    if (shortTermMax === null) expect(shortTerm.length).toBe(0);
    else expect(Math.abs(Math.max(...shortTerm) - shortTermMax)).toBeLessThanOrEqual(limit);
    expect(Math.abs(calibrated.integratedLufs()! - integratedStrict)).toBeLessThan(0.1);
  });

  it.for(Object.entries(golden.signals))('finds RMS and peak of %s', ([, signal], { skip }) => {
    const samples = samplesOf(signal) ?? skip(MISSING);
    const meter = new LevelMeter();
    meter.push(samples);
    const { rmsDbfs, peakDbfs } = meter.levels();
    expect(Math.abs(rmsDbfs - signal.rmsDbfs)).toBeLessThanOrEqual(golden.tolerance.rmsDb);
    expect(Math.abs(10 ** (peakDbfs / 20) - signal.peak)).toBeLessThanOrEqual(golden.tolerance.peak);
  });

  it.for(series)('gives the series in $file', (item, { skip }) => {
    const samples = goldenInput(item.input!) ?? skip(MISSING);
    const meter = metersOf(16_000, 1, samples).plain;
    const actual = item.parameters.windowSeconds === 3 ? meter.shortTermLufs() : meter.momentaryLufs();
    const expected = readFloat32(goldenPath(item.file));
    const loud = (values: ArrayLike<number>) =>
      Array.from(values).filter((_, index) => expected[index]! >= -60);
    expectArrayClose(actual, expected, { maxAbs: 0.01 }, item.file);
    expectArrayClose(loud(actual), loud(expected), { maxAbs: item.tolerance.maxAbs! }, item.file);
  });

  it.each(calibrationTones)(
    'reads the tone %s, and 997 Hz as -3.01 at every rate by default',
    (name, { DeMan }) => {
      const [sampleRate, frequencyHz] = name.split('/').map(Number) as [number, number];
      const { plain, calibrated } = metersOf(sampleRate, 1, sine(frequencyHz, 5, { sampleRate }));
      const limit = golden.tolerance.integratedDb;
      expect(Math.abs(plain.integratedLufs()! - DeMan.integratedPyloudnorm)).toBeLessThanOrEqual(limit);
      if (frequencyHz === 997) expect(calibrated.integratedLufs()).toBeCloseTo(-3.0103, 3);
    },
  );
});

const RATE = 48_000;

/** Stereo (or more): 1 kHz at these peak levels in dBFS for these seconds, the same in both channels. */
function tones(parts: readonly (readonly [dbfs: number, seconds: number])[]): Float32Array {
  const mono = joined(
    ...parts.map(([dbfs, seconds]) =>
      sine(1000, seconds, { sampleRate: RATE, amplitude: 10 ** (dbfs / 20) }),
    ),
  );
  return interleaved([mono, mono]);
}

function interleaved(channels: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(channels[0]!.length * channels.length);
  for (const [channel, samples] of channels.entries()) {
    for (let frame = 0; frame < samples.length; frame++)
      out[frame * channels.length + channel] = samples[frame]!;
  }
  return out;
}

function measured(samples: Float32Array, channels = 2): LufsMeter {
  const meter = new LufsMeter({ sampleRate: RATE, channels });
  meter.push(samples);
  return meter;
}

describe('LufsMeter with the signals of EBU Tech 3341', () => {
  it.each([
    { test: 1, parts: [[-23, 20]], lufs: -23 },
    { test: 2, parts: [[-33, 20]], lufs: -33 },
  ] as const)('case $test: a steady tone has one loudness on all scales', ({ parts, lufs }) => {
    const meter = measured(tones(parts));
    expect(Math.abs(meter.integratedLufs()! - lufs)).toBeLessThanOrEqual(0.1);
    for (const value of [...meter.momentaryLufs(), ...meter.shortTermLufs()]) {
      expect(Math.abs(value - lufs)).toBeLessThanOrEqual(0.1);
    }
  });

  it.each([
    {
      test: 3,
      parts: [
        [-36, 10],
        [-23, 60],
        [-36, 10],
      ],
    },
    {
      test: 4,
      parts: [
        [-72, 10],
        [-36, 10],
        [-23, 60],
        [-36, 10],
        [-72, 10],
      ],
    },
    {
      test: 5,
      parts: [
        [-26, 20],
        [-20, 20.1],
        [-26, 20],
      ],
    },
  ] as const)('case $test: gating leaves the programme at -23 LUFS', ({ parts }) => {
    expect(Math.abs(measured(tones(parts)).integratedLufs()! + 23)).toBeLessThanOrEqual(0.1);
  });

  it('case 6: five channels count with their weights', () => {
    const channels = [-28, -28, -24, -30, -30].map((dbfs) =>
      sine(1000, 20, { sampleRate: RATE, amplitude: 10 ** (dbfs / 20) }),
    );
    expect(Math.abs(measured(interleaved(channels), 5).integratedLufs()! + 23)).toBeLessThanOrEqual(0.1);
    const withLfe = [...channels.slice(0, 3), sine(50, 20, { sampleRate: RATE }), ...channels.slice(3)];
    expect(Math.abs(measured(interleaved(withLfe), 6).integratedLufs()! + 23)).toBeLessThanOrEqual(0.1);
  });
});

describe('LufsMeter with the signals of EBU Tech 3342', () => {
  it.each([
    {
      test: 1,
      parts: [
        [-20, 20],
        [-30, 20],
      ],
      lu: 10,
    },
    {
      test: 2,
      parts: [
        [-20, 20],
        [-15, 20],
      ],
      lu: 5,
    },
    {
      test: 3,
      parts: [
        [-40, 20],
        [-20, 20],
      ],
      lu: 20,
    },
    {
      test: 4,
      parts: [
        [-50, 20],
        [-35, 20],
        [-20, 20],
        [-35, 20],
        [-50, 20],
      ],
      lu: 15,
    },
  ] as const)('case $test: a range of $lu LU', ({ parts, lu }) => {
    expect(Math.abs(measured(tones(parts)).loudnessRangeLu()! - lu)).toBeLessThanOrEqual(1);
  });
});

describe('LufsMeter', () => {
  it('gives the same however the recording is cut, also at rates that 10 does not divide', () => {
    const samples = noise(2 * 9000, { amplitude: 0.3 });
    const seriesOf = (blocks: readonly Float32Array[]) => {
      const meter = new LufsMeter({ sampleRate: 11_025, channels: 2 });
      for (const block of blocks) meter.push(block);
      return meter.momentaryLufs();
    };
    const expected = seriesOf([samples]);
    expect(expected.length).toBe(5);
    fc.assert(
      fc.property(fc.array(fc.nat(9000), { maxLength: 6 }), (places) => {
        expect(
          seriesOf(
            cutAt(
              samples,
              places.map((place) => 2 * place),
            ),
          ),
        ).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('gives minus infinity for silence and nothing below 400 ms', () => {
    const meter = measured(new Float32Array(2 * RATE));
    expect(meter.integratedLufs()).toBe(-Infinity);
    expect(meter.latestMomentaryLufs()).toBe(-Infinity);
    expect(meter.loudnessRangeLu()).toBeUndefined();
    const short = measured(new Float32Array(2 * 19_199).fill(0.1));
    expect(short.integratedLufs()).toBeUndefined();
    expect(short.latestMomentaryLufs()).toBeUndefined();
  });

  it('shows the latest window while the recording goes on', () => {
    const meter = measured(
      tones([
        [-23, 1],
        [-33, 0.5],
      ]),
    );
    expect(meter.latestMomentaryLufs()).toBeCloseTo(-33, 1);
    expect(meter.latestMomentaryLufs()).toBe(meter.momentaryLufs().at(-1));
  });

  it('refuses channels without weights', () => {
    for (const channels of [0, -1, 1.5, NaN]) {
      expect(() => new LufsMeter({ sampleRate: RATE, channels })).toThrow(
        expect.objectContaining({ code: 'invalid_option' }),
      );
    }
    expect(() => new LufsMeter({ sampleRate: RATE, channels: 2, channelWeights: [1] })).toThrow(/1 weights/);
  });
});
