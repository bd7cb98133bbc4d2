/** Rooms: an impulse response that is made up, and convolution with it. */
import { RealFft } from '../../core/dsp/fft.ts';
import type { Random } from '../../core/math/random.ts';
import { gaussian } from './noise.ts';

const RATE = 16_000;
const FFT_SIZE = 65_536;

/**
 * Direct sound, twelve early reflections (3 to 50 ms), then noise that decays by 60 dB in `t60Seconds`, highs faster. All
 * but the direct sound lies `directDb` below it, a third of that early.
 */
export function impulseResponse(t60Seconds: number, directDb: number, random: Random): Float64Array {
  const length = Math.floor(t60Seconds * RATE);
  const decayAt = (seconds: number): number => 10 ** ((-3 * seconds) / t60Seconds);
  const late = new Float64Array(length);
  let dark = 0;
  for (let index = 0; index < length; index++) {
    const seconds = index / RATE;
    const bright = gaussian(random) * decayAt(seconds);
    dark = 0.7 * dark + 0.3 * bright;
    const share = Math.exp((-4 * seconds) / t60Seconds);
    const onset = Math.min(1, seconds / 0.02) ** 2;
    late[index] = onset * (share * bright + (1 - share) * 1.5 * dark);
  }
  const early = new Float64Array(length);
  for (let count = 0; count < 12; count++) {
    const seconds = 0.003 + 0.047 * random();
    const sign = random() < 0.5 ? -1 : 1;
    early[Math.floor(seconds * RATE)] = sign * decayAt(seconds) * (0.3 + 0.7 * random());
  }
  const rest = sumOf(early, 1 / 3, late, 2 / 3);
  const response = rest.map((value) => value * 10 ** (-directDb / 20));
  response[0] = 1;
  return response;
}

/** Both with these shares of an energy of 1. */
function sumOf(a: Float64Array, shareA: number, b: Float64Array, shareB: number): Float64Array {
  const gainOf = (values: Float64Array, share: number): number =>
    Math.sqrt(share / values.reduce((sum, value) => sum + value * value, 0));
  const [gainA, gainB] = [gainOf(a, shareA), gainOf(b, shareB)];
  return a.map((value, index) => gainA * value + gainB * b[index]!);
}

/** The samples as the room makes them, cut to their length. */
export function convolve(samples: Float64Array, response: Float64Array): Float64Array {
  const fft = new RealFft(FFT_SIZE);
  const block = FFT_SIZE - response.length;
  const out = new Float64Array(samples.length + FFT_SIZE);
  const padded = new Float64Array(FFT_SIZE);
  const [ofRoom, ofBlock] = [new Float64Array(2 * fft.binCount), new Float64Array(2 * fft.binCount)];
  padded.set(response);
  fft.transform(padded, ofRoom);
  for (let start = 0; start < samples.length; start += block) {
    padded.fill(0);
    padded.set(samples.subarray(start, start + block));
    fft.transform(padded, ofBlock);
    for (let bin = 0; bin < fft.binCount; bin++) {
      const [re, im] = [ofBlock[2 * bin]!, ofBlock[2 * bin + 1]!];
      const [roomRe, roomIm] = [ofRoom[2 * bin]!, ofRoom[2 * bin + 1]!];
      ofBlock[2 * bin] = re * roomRe - im * roomIm;
      ofBlock[2 * bin + 1] = re * roomIm + im * roomRe;
    }
    inverse(fft, ofBlock, padded);
    for (let index = 0; index < FFT_SIZE; index++) out[start + index]! += padded[index]!;
  }
  return out.slice(0, samples.length);
}

/** A spectrum back to samples by the Hartley transform, which is its own inverse and one real transform. */
function inverse(fft: RealFft, spectrum: Float64Array, out: Float64Array): void {
  const { size, binCount } = fft;
  const hartley = new Float64Array(size);
  for (let bin = 0; bin < binCount; bin++) {
    const [re, im] = [spectrum[2 * bin]!, spectrum[2 * bin + 1]!];
    hartley[bin] = re - im;
    if (bin > 0 && bin < size / 2) hartley[size - bin] = re + im;
  }
  const transformed = new Float64Array(2 * binCount);
  fft.transform(hartley, transformed);
  for (let bin = 0; bin < binCount; bin++) {
    const [re, im] = [transformed[2 * bin]!, transformed[2 * bin + 1]!];
    out[bin] = (re - im) / size;
    if (bin > 0 && bin < size / 2) out[size - bin] = (re + im) / size;
  }
}
