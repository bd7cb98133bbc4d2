import { expect, test } from 'vitest';
import { planResampler, resampledLength } from '../../../../core/audio/resample/resampler-plan.ts';

test('usual rates get one row for each phase', () => {
  for (const rate of [8000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000, 384_000, 705_600]) {
    const plan = planResampler(rate, 16_000);
    expect(plan.interpolated).toBe(false);
    expect(plan.rows).toBe(plan.phases);
    expect(plan.step / plan.phases).toBe(rate / 16_000);
  }
});

test('no rate makes the table large', () => {
  for (const rate of [4001, 11_127, 15_999, 47_952, 100_003, 383_999]) {
    const plan = planResampler(rate, 16_000);
    expect(plan.interpolated, `${rate} Hz`).toBe(true);
    expect(plan.coefficients.length, `${rate} Hz`).toBeLessThan(2 ** 18);
  }
});

test('every row sums to 1 and the filter is symmetric in time', () => {
  const { coefficients, taps, rows } = planResampler(44_100, 16_000);
  for (let row = 0; row < rows; row++) {
    const values = coefficients.subarray(row * taps, (row + 1) * taps);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    if (row === 0) continue;
    const mirrored = coefficients.subarray((rows - row) * taps, (rows - row + 1) * taps);
    for (let tap = 0; tap < taps; tap++) expect(values[tap]).toBeCloseTo(mirrored[taps - 1 - tap]!, 12);
  }
});

test('lengths stay exact for a day of the fastest rate', () => {
  const plan = planResampler(383_999, 16_000);
  const samples = 24 * 3600 * 383_999;
  expect(resampledLength(plan, samples)).toBe(24 * 3600 * 16_000);
  expect(resampledLength(plan, samples + 12)).toBe(24 * 3600 * 16_000 + 1);
});

test.each([0, -1, 44_100.5, NaN, Infinity])('%d Hz is no rate', (rate) => {
  expect(() => planResampler(rate, 16_000)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
});
