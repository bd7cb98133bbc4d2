import { describe, expect, it, test } from 'vitest';
import { ChannelMixer } from '../../../../core/audio/mix/channel-mixer.ts';
import { cutAt, joined, noise, sine } from '../../../support/signals.ts';

const RATE = 16_000;
const SECONDS = 4;

type Channel = Float32Array;

function interleaved(...channels: readonly Channel[]): Float32Array {
  return Float32Array.from(
    { length: channels[0]!.length * channels.length },
    (_, i) => channels[i % channels.length]![Math.floor(i / channels.length)]!,
  );
}

type Mix = {
  readonly samples: Float32Array;
  readonly oppositeSeconds: number;
  readonly mixedSeconds: number;
};

function mix(channels: readonly Channel[], cuts: readonly number[] = []): Mix {
  const mixer = new ChannelMixer(channels.length, RATE);
  const frames = interleaved(...channels);
  const blocks = cutAt(
    frames,
    cuts.map((cut) => cut * channels.length),
  ).map((block) => mixer.push(block));
  const samples = joined(...blocks, mixer.finish());
  return { samples, oppositeSeconds: mixer.oppositeSeconds, mixedSeconds: mixer.mixedSeconds };
}

function plainMean(channels: readonly Channel[]): Float32Array {
  return channels[0]!.map(
    (_, i) => channels.reduce((sum, channel) => sum + channel[i]!, 0) / channels.length,
  );
}

function scaled(channel: Channel, factor: number): Channel {
  return channel.map((value) => value * factor);
}

function sum(...channels: readonly Channel[]): Channel {
  return channels[0]!.map((_, i) => channels.reduce((total, channel) => total + channel[i]!, 0));
}

function levelDb(samples: Float32Array, fromSeconds = 0, toSeconds = SECONDS): number {
  const part = samples.subarray(fromSeconds * RATE, toSeconds * RATE);
  return 10 * Math.log10(part.reduce((power, value) => power + value * value, 0) / part.length);
}

/** The first sample that is not the same, -1 where all are. */
function differenceAt(actual: Float32Array, expected: Float32Array): number {
  return actual.length === expected.length ? actual.findIndex((value, i) => value !== expected[i]) : 0;
}

/** Speech for this purpose: broad, and different for every seed. */
const voice = (seed: number): Channel => noise(SECONDS * RATE, { amplitude: 0.3, seed });
const hiss = (seed: number): Channel => noise(SECONDS * RATE, { amplitude: 0.003, seed });
const silence = new Float32Array(SECONDS * RATE);
const [a, b, c] = [voice(1), voice(2), voice(3)];

describe('recordings whose mean keeps everything come out as the plain mean, bit for bit', () => {
  test.each<[string, Channel[]]>([
    ['equal channels', [a, a]],
    ['channels of their own', [a, b]],
    ['one silent channel', [a, silence]],
    ['one silent channel of three', [a, silence, b]],
    ['one sound, louder on one side', [a, scaled(a, 0.1)]],
    ['an opposite channel that is less than half as loud', [a, scaled(a, -0.45)]],
    ['one of four turned over', [a, a, a, scaled(a, -1)]],
    ['two opposite ones beside a voice in the middle', [b, scaled(b, -1), a, silence, silence, silence]],
    ['silence', [silence, silence]],
    ['opposite hiss in a pause', [scaled(hiss(1), 0.1), scaled(hiss(1), -0.1)]],
  ])('%s', (_, channels) => {
    const { samples, oppositeSeconds, mixedSeconds } = mix(channels);
    expect(differenceAt(samples, plainMean(channels))).toBe(-1);
    expect([oppositeSeconds, mixedSeconds]).toEqual([0, SECONDS]);
  });
});

describe('opposite channels keep the level of one', () => {
  test.each<[string, Channel[]]>([
    ['exactly', [a, scaled(a, -1)]],
    ['with noise of their own', [sum(a, hiss(4)), sum(scaled(a, -1), hiss(5))]],
    ['not quite as loud', [a, scaled(a, -0.8)]],
    ['beside a silent one', [a, silence, scaled(a, -1)]],
    ['two of four', [a, scaled(a, -1), a, scaled(a, -1)]],
    ['in two pairs', [a, scaled(a, -1), b, scaled(b, -1)]],
  ])('%s', (_, channels) => {
    const { samples, oppositeSeconds } = mix(channels);
    expect(oppositeSeconds).toBe(SECONDS);
    expect(levelDb(plainMean(channels))).toBeLessThan(levelDb(a) - 15);
    expect(levelDb(samples)).toBeGreaterThan(levelDb(a) - 7);
  });

  it('says what was said', () => {
    const { samples } = mix([a, scaled(a, -1)]);
    expect(differenceAt(samples, a)).toBe(-1);
  });
});

describe('a recording that is opposite in part', () => {
  const half = (SECONDS / 2) * RATE;
  const later = a.map((value, i) => (i < half ? value : -value));

  it('keeps its level throughout, without a click', () => {
    const tone = sine(200, SECONDS, { sampleRate: RATE, amplitude: 0.3 });
    const laterTone = tone.map((value, i) => (i < half ? value : -value));
    const { samples, oppositeSeconds } = mix([tone, laterTone]);
    expect(oppositeSeconds).toBe(SECONDS / 2);
    for (let second = 0; second < SECONDS; second++)
      expect(levelDb(samples, second, second + 1)).toBeCloseTo(levelDb(tone), 0);
    const largestStep = 0.3 * 2 * Math.PI * (200 / RATE);
    const steps = samples.subarray(1).map((value, i) => Math.abs(value - samples[i]!));
    expect(Math.max(...steps)).toBeLessThan(1.2 * largestStep);
  });

  it('is the plain mean before', () => {
    const { samples } = mix([a, later]);
    expect(differenceAt(samples.subarray(0, half), a.subarray(0, half))).toBe(-1);
    expect(levelDb(samples, 2, 4)).toBeCloseTo(levelDb(a), 0);
  });

  it('comes back to the plain mean after', () => {
    const { samples, oppositeSeconds } = mix([a, later.map((value) => -value)]);
    expect(oppositeSeconds).toBe(2);
    const after = half + 0.01 * RATE;
    const plain = plainMean([a, later.map((value) => -value)]);
    expect(differenceAt(samples.subarray(after), plain.subarray(after))).toBe(-1);
  });

  it('keeps its signs in a pause', () => {
    const spoken = a.map((value, i) => (i > RATE && i < 3 * RATE ? 0 : value));
    const { samples, oppositeSeconds } = mix([spoken, scaled(spoken, -1)]);
    expect(oppositeSeconds).toBe(SECONDS);
    expect(differenceAt(samples, spoken)).toBe(-1);
  });
});

test('blocks change nothing', () => {
  const channels = [sum(a, c), scaled(a, -1).map((value, i) => (i < 30_000 ? -value : value))];
  const whole = mix(channels);
  const cuts = [[1, 2, 7_999, 8_000, 8_001, 40_000], Array.from({ length: 63 }, (_, i) => (i + 1) * 1_000)];
  for (const places of cuts) {
    const inBlocks = mix(channels, places);
    expect(differenceAt(inBlocks.samples, whole.samples)).toBe(-1);
    expect(inBlocks.oppositeSeconds).toBe(whole.oppositeSeconds);
  }
});

test('a recording shorter than any stretch is mixed too', () => {
  const short = a.subarray(0, 100);
  expect(differenceAt(mix([short, scaled(short, -1)]).samples, short)).toBe(-1);
});
