import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TruePeakMeter } from '../../../core/loudness/true-peak.ts';
import { cutAt, noise } from '../../support/signals.ts';

function truePeakOf(blocks: readonly Float32Array[], sampleRate = 48_000, channels = 1): number {
  const meter = new TruePeakMeter({ sampleRate, channels });
  for (const block of blocks) meter.push(block);
  return meter.truePeakDbtp();
}

/** A tone at a fraction of the sample rate that fades in and out, as the signals of Tech 3341. */
function tone(cyclesPerSample: number, phaseDegrees: number, amplitude: number): Float32Array {
  const length = 4800;
  return Float32Array.from({ length }, (_, index) => {
    const fade = Math.min(1, index / 480, (length - index) / 480);
    return (
      fade * amplitude * Math.sin(2 * Math.PI * cyclesPerSample * index + (phaseDegrees * Math.PI) / 180)
    );
  });
}

describe('TruePeakMeter', () => {
  // EBU Tech 3341 allows +0.2 and -0.4 dB.
  it.each([
    { test: 15, cycles: 1 / 4, phase: 0, amplitude: 0.5, dbtp: -6 },
    { test: 16, cycles: 1 / 4, phase: 45, amplitude: 0.5, dbtp: -6 },
    { test: 17, cycles: 1 / 6, phase: 60, amplitude: 0.5, dbtp: -6 },
    { test: 18, cycles: 1 / 8, phase: 67.5, amplitude: 0.5, dbtp: -6 },
    { test: 19, cycles: 1 / 4, phase: 45, amplitude: 1.41, dbtp: 3 },
  ])('reads the tone of EBU Tech 3341 case $test', ({ cycles, phase, amplitude, dbtp }) => {
    const actual = truePeakOf([tone(cycles, phase, amplitude)]);
    expect(actual).toBeGreaterThan(dbtp - 0.4);
    expect(actual).toBeLessThan(dbtp + 0.2);
  });

  it('equals the value of the signal between its samples up to 0.42 of the sample rate', () => {
    for (const cycles of [0.0511, 0.1013, 0.2017, 0.3011, 0.4007, 0.4203]) {
      for (const phase of [0, 30, 60, 90]) {
        const actual = truePeakOf([tone(cycles, phase, 1)]);
        expect(actual, `${cycles} cycles a sample`).toBeGreaterThan(-0.1);
        expect(actual, `${cycles} cycles a sample`).toBeLessThan(0.1);
      }
    }
  });

  it('is never below the largest sample, and sees the last one', () => {
    const samples = noise(1000);
    const largest = samples.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    expect(truePeakOf([samples])).toBeGreaterThanOrEqual(20 * Math.log10(largest));
    expect(truePeakOf([Float32Array.of(1)])).toBeCloseTo(0, 9);
    // Two equal samples at the very end bulge between them, which takes samples that never come.
    expect(truePeakOf([new Float32Array(50), Float32Array.of(1, 1)])).toBeGreaterThan(1.5);
  });

  it('gives the larger of two bursts, whichever comes first', () => {
    const gap = new Float32Array(40);
    const level = fc.float({ min: Math.fround(0.3), max: 1, noNaN: true });
    fc.assert(
      fc.property(level, level, fc.nat(1000), (first, second, seed) => {
        const a = noise(50, { amplitude: first, seed: seed + 1 });
        const b = noise(50, { amplitude: second, seed: seed + 5000 });
        // The second burst is measured with the first one's peak in mind, which lets the meter skip windows.
        expect(truePeakOf([a, gap, b])).toBe(Math.max(truePeakOf([a]), truePeakOf([b])));
      }),
    );
  });

  it('gives the same however the recording is cut, and when asked in between', () => {
    const samples = noise(600, { amplitude: 0.5 });
    const expected = truePeakOf([samples], 48_000, 2);
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 5 }), (places) => {
        const meter = new TruePeakMeter({ sampleRate: 48_000, channels: 2 });
        for (const block of cutAt(
          samples,
          places.map((place) => 2 * place),
        )) {
          meter.push(block);
          meter.truePeakDbtp();
        }
        expect(meter.truePeakDbtp()).toBe(expected);
      }),
    );
  });

  it('is minus infinity for silence and for nothing', () => {
    expect(truePeakOf([new Float32Array(100)])).toBe(-Infinity);
    expect(truePeakOf([])).toBe(-Infinity);
  });

  it('takes samples as they are at 192 kHz', () => {
    expect(truePeakOf([Float32Array.of(0.5, 0.5)], 192_000)).toBeCloseTo(-6.0206, 4);
  });
});
