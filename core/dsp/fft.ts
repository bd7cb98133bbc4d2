/**
 * Fourier transform of real signals, planned once and run many times.
 *
 * A real transform of even size N is a complex transform of size N/2 over pairs of samples and one pass that takes the
 * pairs apart. The complex transform is Stockham's: mixed radix 4, 2 and 5, sorted without a bit reversal.
 *
 * @see Cooley & Tukey, "An algorithm for the machine calculation of complex Fourier series", 1965
 */
import { planPasses, rootsOfUnity, runPass, type FftPass } from './fft-passes.ts';

/** A planned transform of one size. It owns its scratch: one at a time, no sharing between threads. */
export class RealFft {
  /** Samples in, even. */
  readonly size: number;
  /** Frequencies out: `size / 2 + 1`, from zero to half the sample rate. */
  readonly binCount: number;
  readonly #passes: readonly FftPass[];
  readonly #scratch: readonly [Float64Array, Float64Array];
  readonly #separation: Float64Array;
  readonly #spectrum: Float64Array;

  /**
   * @param size even, with no prime factors but 2 and 5, e.g. 400 or 512
   * @throws InvalidInputError `invalid_option` for any other size
   */
  constructor(size: number) {
    this.size = size;
    this.binCount = size / 2 + 1;
    this.#passes = planPasses(size);
    this.#scratch = [new Float64Array(size), new Float64Array(size)];
    this.#separation = rootsOfUnity(size, size / 2 + 1);
    this.#spectrum = new Float64Array(2 * this.binCount);
  }

  /**
   * The spectrum of `samples`, not scaled: `X[k] = sum of x[n] exp(-2 pi i k n / size)`.
   *
   * @param samples  `size` values, left as they are
   * @param spectrum `2 * binCount` values, real and imaginary parts in turn; overwritten
   */
  transform(samples: Float64Array, spectrum: Float64Array): void {
    const pairs = this.#transformPairs(samples);
    separate(pairs, this.#separation, this.size / 2, spectrum);
  }

  /**
   * The squared magnitude of the spectrum.
   *
   * @param samples `size` values, left as they are
   * @param power   `binCount` values; overwritten
   */
  powerSpectrum(samples: Float64Array, power: Float64Array): void {
    const spectrum = this.#spectrum;
    this.transform(samples, spectrum);
    for (let bin = 0; bin < this.binCount; bin++) {
      const re = spectrum[2 * bin]!;
      const im = spectrum[2 * bin + 1]!;
      power[bin] = re * re + im * im;
    }
  }

  /** Real samples read as interleaved complex numbers, transformed. */
  #transformPairs(samples: Float64Array): Float64Array {
    let source = samples;
    for (let index = 0; index < this.#passes.length; index++) {
      const target = this.#scratch[(index & 1) as 0 | 1];
      runPass(this.#passes[index]!, source, target);
      source = target;
    }
    return source;
  }
}

/**
 * From Z, the transform of even samples + i odd samples, to X: with E and O the transforms of both,
 * `X[k] = E[k] + w^k O[k]` and `X[half - k] = conj(E[k] - w^k O[k])`.
 */
function separate(pairs: Float64Array, roots: Float64Array, half: number, spectrum: Float64Array): void {
  const sumOfEven = pairs[0]!;
  const sumOfOdd = pairs[1]!;
  spectrum[0] = sumOfEven + sumOfOdd;
  spectrum[1] = 0;
  spectrum[2 * half] = sumOfEven - sumOfOdd;
  spectrum[2 * half + 1] = 0;
  for (let k = 1; k <= half - k; k++) {
    const low = 2 * k;
    const high = 2 * (half - k);
    const evenR = 0.5 * (pairs[low]! + pairs[high]!);
    const evenI = 0.5 * (pairs[low + 1]! - pairs[high + 1]!);
    const oddR = 0.5 * (pairs[low + 1]! + pairs[high + 1]!);
    const oddI = 0.5 * (pairs[high]! - pairs[low]!);
    const turnedR = oddR * roots[low]! - oddI * roots[low + 1]!;
    const turnedI = oddR * roots[low + 1]! + oddI * roots[low]!;
    spectrum[low] = evenR + turnedR;
    spectrum[low + 1] = evenI + turnedI;
    spectrum[high] = evenR - turnedR;
    spectrum[high + 1] = turnedI - evenI;
  }
}
