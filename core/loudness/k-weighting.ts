/**
 * The frequency weighting of loudness: a high shelf for the head, then a high pass.
 *
 * ITU-R BS.1770-4 gives coefficients for 48 kHz only. Here both filters are taken back to their analogue prototypes and
 * designed anew for each rate (Brecht De Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES
 * 2018), which at 48 kHz gives the table of the standard.
 */
import { InvalidInputError } from '../errors.ts';

/** A second-order filter; `a0` is 1. */
export type Biquad = {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
};

/** The two filters and the factor on power that calibrates them. */
export type KWeighting = {
  readonly shelf: Biquad;
  readonly highPass: Biquad;
  /**
   * A 997 Hz tone at full scale has to read -3.01 LKFS. The bare formula does so at 48 kHz and reads 0.003 dB more at
   * 44.1 kHz, 0.04 dB more at 16 kHz; this factor takes the difference out.
   */
  readonly calibration: number;
};

const REFERENCE_RATE = 48_000;
const CALIBRATION_HZ = 997;
const MIN_SAMPLE_RATE = 4_000;
const MAX_SAMPLE_RATE = 768_000;

const SHELF = { gainDb: 3.99984385397, q: 0.7071752369554193, frequencyHz: 1681.9744509555319 };
/** Ratio of exponents between the gain at the corner and that of the shelf. */
const SHELF_CORNER_EXPONENT = 0.499666774155;
const HIGH_PASS = { q: 0.5003270373253953, frequencyHz: 38.13547087613982 };

/**
 * Designs the weighting for a sample rate.
 *
 * @throws InvalidInputError `invalid_option` for rates outside 4 to 768 kHz
 */
export function designKWeighting(sampleRate: number): KWeighting {
  if (!(sampleRate >= MIN_SAMPLE_RATE && sampleRate <= MAX_SAMPLE_RATE)) {
    throw new InvalidInputError(
      'invalid_option',
      `Loudness is measured at ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE} Hz; the sample rate is ${sampleRate}.`,
    );
  }
  const powerAt = (rate: number): number =>
    powerResponse(designShelf(rate), CALIBRATION_HZ / rate) *
    powerResponse(designHighPass(rate), CALIBRATION_HZ / rate);
  return {
    shelf: designShelf(sampleRate),
    highPass: designHighPass(sampleRate),
    calibration: powerAt(REFERENCE_RATE) / powerAt(sampleRate),
  };
}

/** Squared magnitude of the response at a frequency in cycles per sample. */
export function powerResponse(filter: Biquad, frequency: number): number {
  const { b0, b1, b2, a1, a2 } = filter;
  const cos1 = Math.cos(2 * Math.PI * frequency);
  const cos2 = Math.cos(4 * Math.PI * frequency);
  const numerator = b0 * b0 + b1 * b1 + b2 * b2 + 2 * (b0 + b2) * b1 * cos1 + 2 * b0 * b2 * cos2;
  const denominator = 1 + a1 * a1 + a2 * a2 + 2 * (1 + a2) * a1 * cos1 + 2 * a2 * cos2;
  return numerator / denominator;
}

function designShelf(sampleRate: number): Biquad {
  const { gainDb, q, frequencyHz } = SHELF;
  const k = Math.tan((Math.PI * frequencyHz) / sampleRate);
  const high = 10 ** (gainDb / 20);
  const corner = high ** SHELF_CORNER_EXPONENT;
  const a0 = 1 + k / q + k * k;
  return {
    b0: (high + (corner * k) / q + k * k) / a0,
    b1: (2 * (k * k - high)) / a0,
    b2: (high - (corner * k) / q + k * k) / a0,
    a1: (2 * (k * k - 1)) / a0,
    a2: (1 - k / q + k * k) / a0,
  };
}

function designHighPass(sampleRate: number): Biquad {
  const { q, frequencyHz } = HIGH_PASS;
  const k = Math.tan((Math.PI * frequencyHz) / sampleRate);
  const a0 = 1 + k / q + k * k;
  // The numerator is that of the standard, which does not scale it by the gain of the denominator.
  return { b0: 1, b1: -2, b2: 1, a1: (2 * (k * k - 1)) / a0, a2: (1 - k / q + k * k) / a0 };
}
