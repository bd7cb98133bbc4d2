/** A tone found in a signal by least squares. */
export type ToneFit = {
  /** Level of the tone against `amplitude`. */
  readonly gainDb: number;
  /** Everything else against the tone. */
  readonly residualDb: number;
  /** How late the tone is, in samples. */
  readonly delaySamples: number;
};

/** Fits amplitude · sin(2π f n / rate) and its quadrature to samples [from, to). */
export function fitTone(
  signal: Float32Array,
  {
    hz,
    sampleRate,
    amplitude,
    from,
    to,
  }: { hz: number; sampleRate: number; amplitude: number; from: number; to: number },
): ToneFit {
  const omega = (2 * Math.PI * hz) / sampleRate;
  let ss = 0;
  let sc = 0;
  let cc = 0;
  let xs = 0;
  let xc = 0;
  for (let n = from; n < to; n++) {
    const s = Math.sin(omega * n);
    const c = Math.cos(omega * n);
    ss += s * s;
    sc += s * c;
    cc += c * c;
    xs += signal[n]! * s;
    xc += signal[n]! * c;
  }
  const determinant = ss * cc - sc * sc;
  const a = (xs * cc - xc * sc) / determinant;
  const b = (xc * ss - xs * sc) / determinant;
  let rest = 0;
  let tone = 0;
  for (let n = from; n < to; n++) {
    const value = a * Math.sin(omega * n) + b * Math.cos(omega * n);
    rest += (signal[n]! - value) ** 2;
    tone += value ** 2;
  }
  return {
    gainDb: 20 * Math.log10(Math.hypot(a, b) / amplitude),
    residualDb: 10 * Math.log10(rest / tone),
    delaySamples: -Math.atan2(b, a) / omega,
  };
}

/** Power of samples [from, to) against a sine of this amplitude, in dB. */
export function levelDb(signal: Float32Array, amplitude: number, from: number, to: number): number {
  let sum = 0;
  for (let n = from; n < to; n++) sum += signal[n]! ** 2;
  return 10 * Math.log10(sum / (to - from) / (amplitude ** 2 / 2));
}
