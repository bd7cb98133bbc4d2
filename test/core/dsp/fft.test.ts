import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RealFft } from '../../../core/dsp/fft.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { noise } from '../../support/signals.ts';

/** The definition, term by term. */
function naiveTransform(samples: Float64Array): Float64Array {
  const size = samples.length;
  const spectrum = new Float64Array(size + 2);
  for (let k = 0; k <= size / 2; k++) {
    for (let n = 0; n < size; n++) {
      const angle = (-2 * Math.PI * ((k * n) % size)) / size;
      spectrum[2 * k]! += samples[n]! * Math.cos(angle);
      spectrum[2 * k + 1]! += samples[n]! * Math.sin(angle);
    }
  }
  return spectrum;
}

const SIZES = [2, 4, 8, 10, 16, 20, 32, 50, 64, 100, 128, 160, 200, 250, 400, 512, 640, 1000, 1024];

describe('RealFft', () => {
  it.each(SIZES)('equals the definition of the transform for %i samples', (size) => {
    const samples = Float64Array.from(noise(size, { seed: size }));
    const spectrum = new Float64Array(size + 2);
    new RealFft(size).transform(samples, spectrum);
    expectArrayClose(spectrum, naiveTransform(samples), { maxAbs: 1e-11 }, `${size}`);
  });

  it('keeps the energy of the signal (Parseval), leaves its input alone and gives the same again', () => {
    const fft = new RealFft(400);
    const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 400, maxLength: 400 });
    fc.assert(
      fc.property(values, (list) => {
        const samples = Float64Array.from(list);
        const power = new Float64Array(fft.binCount);
        const again = new Float64Array(fft.binCount);
        fft.powerSpectrum(samples, power);
        fft.powerSpectrum(samples, again);
        const twoSided = power.reduce(
          (sum, value, bin) => sum + value * (bin === 0 || bin === 200 ? 1 : 2),
          0,
        );
        const energy = samples.reduce((sum, value) => sum + value * value, 0);
        expect(twoSided / 400).toBeCloseTo(energy, 9);
        expect([...samples]).toEqual(list);
        expect(again).toEqual(power);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses sizes with other prime factors, odd sizes, and what is no size', () => {
    for (const size of [0, -4, 1, 3, 5, 6, 7, 14, 25, 402, 1.5, NaN, Infinity]) {
      expect(() => new RealFft(size), `${size}`).toThrow(expect.objectContaining({ code: 'invalid_option' }));
    }
  });
});
