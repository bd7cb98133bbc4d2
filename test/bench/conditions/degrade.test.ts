import { describe, expect, it } from 'vitest';
import { CONDITIONS, type ConditionName } from '../../../bench/conditions/conditions.ts';
import { degrade } from '../../../bench/conditions/degrade.ts';
import { activePower, meanPower } from '../../../bench/conditions/levels.ts';
import { joined, noise, sine } from '../../support/signals.ts';

const RATE = 16_000;
/** Words of half a second, pauses of a quarter. */
const TALK = joined(
  ...Array.from({ length: 8 }, (_, word) => [
    noise(RATE / 2, { amplitude: 0.2, seed: word + 1 }),
    new Float32Array(RATE / 4),
  ]).flat(),
);
const TALKERS = Array.from({ length: 9 }, (_, seed) => noise(2 * RATE, { amplitude: 0.1, seed: seed + 50 }));
const WITHOUT_CODEC = (Object.keys(CONDITIONS) as ConditionName[]).filter((name) =>
  CONDITIONS[name].every((step) => step.do !== 'codec' && step.do !== 'mixed' && step.do !== 'half'),
);

function decibels(power: number): number {
  return 10 * Math.log10(power);
}

/** What was added, with the gain that keeps the whole under full scale taken out. */
function noiseIn(heard: Float32Array, clean: Float32Array): Float32Array {
  return heard.map((sample, index) => sample - clean[index]!);
}

function powerOf(samples: Float32Array, frequencyHz: number): number {
  let [re, im] = [0, 0];
  samples.forEach((sample, index) => {
    re += sample * Math.cos((2 * Math.PI * frequencyHz * index) / RATE);
    im += sample * Math.sin((2 * Math.PI * frequencyHz * index) / RATE);
  });
  return (re * re + im * im) / samples.length ** 2;
}

describe('degrade', () => {
  it.each(WITHOUT_CODEC)('%s: the same call gives the same samples, as many as before', (name) => {
    const before = TALK.slice();
    const heard = degrade(TALK, name, { talkers: TALKERS });
    expect(heard).toHaveLength(TALK.length);
    expect(heard.every(Number.isFinite)).toBe(true);
    expect(
      Buffer.from(heard.buffer).equals(Buffer.from(degrade(TALK, name, { talkers: TALKERS }).buffer)),
    ).toBe(true);
    expect(TALK).toEqual(before);
  });

  it('draws other noise with another seed', () => {
    expect(degrade(TALK, 'white10', { seed: 1 })).not.toEqual(degrade(TALK, 'white10', { seed: 2 }));
  });

  it.each([
    ['white20', 20],
    ['white5', 5],
    ['pink10', 10],
    ['babble10', 10],
    ['hum10', 10],
    ['music10', 10],
  ] as const)('%s: noise lies %i dB below the speech', (name, snrDb) => {
    const heard = degrade(TALK, name, { talkers: TALKERS });
    const added = noiseIn(heard, TALK);
    expect(decibels(activePower(TALK) / meanPower(added))).toBeCloseTo(snrDb, 1);
  });

  it('makes pink noise that falls by 3 dB an octave', () => {
    const added = noiseIn(degrade(TALK, 'pink10'), TALK);
    const band = (low: number): number => {
      let power = 0;
      for (let hz = low; hz < 2 * low; hz += low / 64) power += powerOf(added, hz);
      return power / 64;
    };
    const slope = (decibels(band(2000)) - decibels(band(250))) / 3;
    expect(slope).toBeGreaterThan(-4);
    expect(slope).toBeLessThan(-2);
  });

  it.each([-30, -45] as const)('level%i: quieter, in steps of 16 bit', (db) => {
    const heard = degrade(TALK, `level${db}`);
    expect(decibels(activePower(heard) / activePower(TALK))).toBeCloseTo(db, 0);
    expect(heard.every((sample) => Number.isInteger(sample * 32_768))).toBe(true);
  });

  it('clips 18 dB over full scale', () => {
    const heard = degrade(sine(200, 1, { amplitude: 0.5 }), 'clip');
    const most = heard.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
    const flat = heard.filter((sample) => Math.abs(sample) > 0.999 * most).length / heard.length;
    // A sine of amplitude 10^(18/20) is above 1 for 1 - 2/π · asin(10^(-18/20)) of the time.
    expect(flat).toBeCloseTo(1 - (2 / Math.PI) * Math.asin(10 ** (-18 / 20)), 1);
  });

  it('lets the telephone band through and nothing else, at the same moments', () => {
    const tones = [100, 1000, 6000].map((hz) => sine(hz, 2, { amplitude: 0.2 }));
    const [low, middle, high] = tones.map((tone) => degrade(tone, 'tel-mulaw'));
    expect(Math.abs(decibels(meanPower(middle!) / meanPower(tones[1]!)))).toBeLessThan(1);
    for (const outside of [low!, high!]) expect(decibels(meanPower(outside) / 0.02)).toBeLessThan(-30);
    const error = noiseIn(middle!.subarray(RATE / 2, RATE), tones[1]!.subarray(RATE / 2, RATE));
    expect(decibels(meanPower(error) / 0.02)).toBeLessThan(-20);
  });

  it.each(['opus8', 'mp3-16'] as const)('%s: what was said stays where it was', (name) => {
    const words = TALK.map(
      (sample, index) => 0.5 * sample + 0.1 * Math.sin((2 * Math.PI * 440 * index) / RATE),
    );
    const heard = degrade(words, name);
    expect(heard).toHaveLength(words.length);
    const loudness = (samples: Float32Array): number[] =>
      Array.from({ length: Math.floor(samples.length / 320) }, (_, frame) =>
        meanPower(samples.subarray(frame * 320, frame * 320 + 320)),
      );
    const [before, after] = [loudness(words), loudness(heard)];
    const alike = (lag: number): number =>
      before.reduce((sum, power, frame) => sum + power * (after[frame + lag] ?? 0), 0);
    const best = [-3, -2, -1, 0, 1, 2, 3].reduce((a, b) => (alike(b) > alike(a) ? b : a));
    expect(Math.abs(best)).toBeLessThanOrEqual(1);
  });

  it('puts every second speaker by name on the phone', () => {
    const turns = [
      { speaker: 'anna', startSeconds: 0, endSeconds: 2 },
      { speaker: 'ben', startSeconds: 3, endSeconds: 5 },
    ];
    const heard = degrade(TALK, 'mixed', { turns });
    const phone = degrade(TALK, 'tel-mulaw');
    const of = (samples: Float32Array, from: number, to: number) => samples.slice(from * RATE, to * RATE);
    expect(of(heard, 0.5, 1.5)).toEqual(of(TALK, 0.5, 1.5));
    expect(of(heard, 3.5, 4.5)).toEqual(of(phone, 3.5, 4.5));
  });

  it('puts everybody on the phone from the middle on', () => {
    const heard = degrade(TALK, 'half-phone');
    const half = TALK.length / 2;
    expect(heard.slice(0, half)).toEqual(TALK.slice(0, half));
    expect(heard.slice(half)).toEqual(degrade(TALK, 'tel-mulaw').slice(half));
  });
});
