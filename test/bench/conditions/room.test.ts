import { describe, expect, it } from 'vitest';
import { randomOf } from '../../../bench/conditions/noise.ts';
import { convolve, impulseResponse } from '../../../bench/conditions/room.ts';

const RATE = 16_000;

function energy(samples: ArrayLike<number>, from = 0, to = samples.length): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += samples[index]! ** 2;
  return sum;
}

describe('impulseResponse', () => {
  it.each([
    [0.3, 6],
    [0.6, -4],
    [1, 0],
  ])('of %d s: the rest lies %d dB below the direct sound', (t60Seconds, directDb) => {
    const response = impulseResponse(t60Seconds, directDb, randomOf(0, `${t60Seconds}`));
    expect(response[0]).toBe(1);
    expect(Math.abs(-10 * Math.log10(energy(response, 1)) - directDb)).toBeLessThan(1);
  });

  it.each([0.3, 0.6, 1])('decays by 60 dB in %d s', (t60Seconds) => {
    const response = impulseResponse(t60Seconds, 0, randomOf(1, `${t60Seconds}`));
    // Between a quarter and three quarters of the time: 30 dB.
    const at = (share: number): number => {
      const middle = Math.round(share * t60Seconds * RATE);
      const half = Math.round(0.05 * t60Seconds * RATE);
      return 10 * Math.log10(energy(response, middle - half, middle + half));
    };
    expect(at(0.25) - at(0.75)).toBeGreaterThan(26);
    expect(at(0.25) - at(0.75)).toBeLessThan(36);
  });
});

describe('convolve', () => {
  it('is the sum over the response, over the borders of blocks too', () => {
    const random = randomOf(2, 'convolve');
    const samples = Float64Array.from({ length: 140_000 }, () => 2 * random() - 1);
    const response = Float64Array.from({ length: 50 }, () => 2 * random() - 1);
    const heard = convolve(samples, response);
    expect(heard).toHaveLength(samples.length);
    for (const index of [0, 10, 65_485, 65_486, 65_487, 130_990, 139_999]) {
      let expected = 0;
      for (let tap = 0; tap < response.length && tap <= index; tap++)
        expected += response[tap]! * samples[index - tap]!;
      expect(heard[index]).toBeCloseTo(expected, 9);
    }
  });
});
