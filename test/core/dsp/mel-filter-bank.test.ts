import { describe, expect, it } from 'vitest';
import {
  applyMelFilterBank,
  kaldiMelFilterBank,
  slaneyMelFilterBank,
  type MelFilterBank,
} from '../../../core/dsp/mel-filter-bank.ts';
import { noise } from '../../support/signals.ts';

const GEOMETRY = { sampleRate: 16_000, minFrequencyHz: 0, maxFrequencyHz: 8000 };

function row(bank: MelFilterBank, mel: number, binCount: number): number[] {
  const dense = new Array<number>(binCount).fill(0);
  for (let index = bank.offsets[mel]!; index < bank.offsets[mel + 1]!; index++) {
    dense[bank.firstBins[mel]! + index - bank.offsets[mel]!] = bank.weights[index]!;
  }
  return dense;
}

describe('slaneyMelFilterBank', () => {
  it('places the first filters on the linear part of the scale, with area one', () => {
    // 40 filters: mel(8000) = 15 + 27 ln 8 / ln 6.4 = 45.2456; edges every 45.2456 / 41 mel, 200/3 Hz a mel.
    const bank = slaneyMelFilterBank({ ...GEOMETRY, melCount: 40, fftSize: 400 });
    const edgeHz = (((15 + (27 * Math.log(8)) / Math.log(6.4)) / 41) * 200) / 3;
    const first = row(bank, 0, 201);
    expect(first[0]).toBe(0);
    expect(first[1]).toBeCloseTo((40 / edgeHz) * (1 / edgeHz), 12);
    expect(first[2]).toBeCloseTo(((2 * edgeHz - 80) / edgeHz) * (1 / edgeHz), 12);
    expect(first.slice(4).every((weight) => weight === 0)).toBe(true);
  });

  it('has no empty filter in the sizes that are in use', () => {
    for (const [melCount, fftSize] of [
      [40, 400],
      [80, 400],
      [128, 400],
      [80, 512],
      [128, 512],
    ] as const) {
      const { offsets } = slaneyMelFilterBank({ ...GEOMETRY, melCount, fftSize });
      for (let mel = 0; mel < melCount; mel++) expect(offsets[mel + 1]! - offsets[mel]!).toBeGreaterThan(0);
    }
  });
});

describe('kaldiMelFilterBank', () => {
  it('leaves the Nyquist bin and the bins below 20 Hz out and never exceeds one', () => {
    const bank = kaldiMelFilterBank({ ...GEOMETRY, minFrequencyHz: 20, melCount: 80, fftSize: 512 });
    const last = row(bank, 79, 257);
    expect(last[255]).toBeGreaterThan(0);
    expect(last[256]).toBe(0);
    expect(row(bank, 0, 257)[0]).toBe(0);
    expect(Math.max(...bank.weights)).toBeLessThanOrEqual(1);
  });

  it('overlaps neighbours so that every bin between first and last peak weighs one in all', () => {
    const bank = kaldiMelFilterBank({ ...GEOMETRY, minFrequencyHz: 20, melCount: 80, fftSize: 512 });
    const rows = Array.from({ length: 80 }, (_, mel) => row(bank, mel, 257));
    for (let bin = 4; bin < 240; bin++) {
      expect(rows.reduce((sum, weights) => sum + weights[bin]!, 0)).toBeCloseTo(1, 10);
    }
  });
});

describe('applyMelFilterBank', () => {
  it('equals the product with the dense matrix', () => {
    const bank = slaneyMelFilterBank({ ...GEOMETRY, melCount: 80, fftSize: 400 });
    const power = Float64Array.from(noise(201), Math.abs);
    const out = new Float64Array(80);
    applyMelFilterBank(bank, power, out);
    for (let mel = 0; mel < 80; mel++) {
      const dense = row(bank, mel, 201).reduce((sum, weight, bin) => sum + weight * power[bin]!, 0);
      expect(out[mel]).toBeCloseTo(dense, 12);
    }
  });
});
