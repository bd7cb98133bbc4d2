import { InvalidInputError } from '../../errors.ts';
import { besselI0 } from '../../math/bessel.ts';

/** What the filter keeps and removes, relative to the lower of the two Nyquist frequencies. */
export type ResamplerOptions = {
  /** Flat up to here. 0.9125 is 7.3 kHz at 16 kHz: what soxr HQ keeps, above all that a front end looks at. */
  readonly passbandEdge: number;
  /** Silent from here. 1.0125 lets only 8.0–8.1 kHz fold onto 7.9–8.0 kHz, where no mel filter has weight. */
  readonly stopbandEdge: number;
  /** Everything above the stop band is at least this far down, and so is the ripple. 16-bit audio has 98 dB. */
  readonly attenuationDb: number;
};

export const DEFAULT_RESAMPLER_OPTIONS: ResamplerOptions = Object.freeze({
  passbandEdge: 0.9125,
  stopbandEdge: 1.0125,
  attenuationDb: 100,
});

/**
 * The filter bank of one rate pair; immutable, shared by every resampler of that pair.
 *
 * Output sample k lies at the input position k·step/phases. Its whole part picks the input samples, its
 * remainder picks the row: exactly when `rows === phases`, else by linear interpolation between two rows.
 */
export type ResamplerPlan = {
  readonly inputRate: number;
  readonly outputRate: number;
  /** outputRate / gcd: the number of different sub-sample positions. */
  readonly phases: number;
  /** inputRate / gcd: how far the position moves for one output sample, in 1/phases of an input sample. */
  readonly step: number;
  /** Input samples under the filter; even. The first one lies `taps / 2 - 1` samples before the position. */
  readonly taps: number;
  /** Sub-sample positions in the table; `phases` where that fits, else a fixed number. */
  readonly rows: number;
  readonly interpolated: boolean;
  /** [rows (+ 1 where interpolated), taps], row-major; each row sums to 1. */
  readonly coefficients: Float64Array;
};

/**
 * Largest exact table: 2 MB of doubles, which fits the second-level cache. It holds every usual rate
 * (44.1 kHz: 160 × 350). Other ratios (11,127 Hz has 16,000 phases) interpolate.
 */
const MAX_EXACT_COEFFICIENTS = 1 << 18;

/**
 * Rows per input sample of a filter as wide as the input band. The worst error of linear interpolation is
 * (π/rows)²/8 of the signal at Nyquist: 1.2e-6, or −118 dB, below the attenuation of the filter.
 */
const INTERPOLATED_ROWS = 1024;

/**
 * Designs a Kaiser-windowed sinc for any pair of integer rates.
 *
 * @throws InvalidInputError `invalid_option` when a rate is no positive integer
 * @see Kaiser & Schafer, "On the use of the I0-sinh window for spectrum analysis", IEEE Trans. ASSP 1980
 */
export function planResampler(
  inputRate: number,
  outputRate: number,
  options: ResamplerOptions = DEFAULT_RESAMPLER_OPTIONS,
): ResamplerPlan {
  requireRate('inputRate', inputRate);
  requireRate('outputRate', outputRate);
  const divisor = greatestCommonDivisor(inputRate, outputRate);
  const phases = outputRate / divisor;
  const bandwidth = Math.min(1, outputRate / inputRate);
  const taps = tapCount(bandwidth, options);
  const interpolated = phases * taps > MAX_EXACT_COEFFICIENTS;
  const rows = interpolated ? Math.max(2, Math.ceil(INTERPOLATED_ROWS * bandwidth)) : phases;
  const coefficients = designRows(rows, interpolated ? rows + 1 : rows, taps, bandwidth, options);
  return { inputRate, outputRate, phases, step: inputRate / divisor, taps, rows, interpolated, coefficients };
}

/** Length of the output for `inputSamples`: round(n · out / in), halves up; exact in integers. */
export function resampledLength(plan: ResamplerPlan, inputSamples: number): number {
  return Math.floor((2 * inputSamples * plan.phases + plan.step) / (2 * plan.step));
}

function requireRate(name: string, rate: number): void {
  if (Number.isSafeInteger(rate) && rate > 0) return;
  throw new InvalidInputError(
    'invalid_option',
    `${name} must be a positive whole number of Hz, got ${rate}.`,
  );
}

/** Kaiser's estimate of the filter length, in input samples, rounded up to an even number. */
function tapCount(bandwidth: number, options: ResamplerOptions): number {
  const transition = Math.PI * bandwidth * (options.stopbandEdge - options.passbandEdge);
  return 2 * Math.ceil((options.attenuationDb - 7.95) / (2.285 * transition) / 2);
}

function designRows(
  rows: number,
  rowCount: number,
  taps: number,
  bandwidth: number,
  options: ResamplerOptions,
): Float64Array {
  const half = taps / 2;
  const cutoff = (bandwidth * (options.passbandEdge + options.stopbandEdge)) / 2;
  const beta = 0.1102 * (options.attenuationDb - 8.7);
  const coefficients = new Float64Array(rowCount * taps);
  for (let row = 0; row < rowCount; row++) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - (half - 1) - row / rows;
      const relative = distance / half;
      const taper = besselI0(beta * Math.sqrt(Math.max(0, 1 - relative * relative)));
      const value = sinc(cutoff * distance) * taper;
      coefficients[row * taps + tap] = value;
      sum += value;
    }
    // Unity at 0 Hz for every position: a constant stays that constant.
    for (let tap = 0; tap < taps; tap++) coefficients[row * taps + tap]! /= sum;
  }
  return coefficients;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
