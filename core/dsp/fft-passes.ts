/**
 * The passes of Stockham's complex transform: radix 4, 5 and 2, each reading one buffer and writing another, in an order
 * that leaves the result sorted.
 *
 * @see Van Loan, "Computational Frameworks for the Fast Fourier Transform", 1992, section 1.7
 */
import { InvalidInputError } from '../errors.ts';

/** One pass: `span` butterflies of one radix, each over `stride` neighbouring transforms. */
export type FftPass = {
  readonly radix: 2 | 4 | 5;
  readonly span: number;
  readonly stride: number;
  /** `radix - 1` complex factors a butterfly. */
  readonly twiddles: Float64Array;
};

/**
 * The passes of a complex transform of `size / 2` values.
 *
 * @throws InvalidInputError `invalid_option` unless `size` is even and has no prime factors but 2 and 5
 */
export function planPasses(size: number): FftPass[] {
  const passes: FftPass[] = [];
  let rest = size / 2;
  for (let stride = 1; rest > 1 && Number.isInteger(rest);) {
    const radix = rest % 4 === 0 ? 4 : rest % 5 === 0 ? 5 : rest % 2 === 0 ? 2 : undefined;
    if (radix === undefined) break;
    const span = rest / radix;
    passes.push({ radix, span, stride, twiddles: passTwiddles(radix, rest) });
    stride *= radix;
    rest = span;
  }
  if (rest !== 1) {
    throw new InvalidInputError(
      'invalid_option',
      `A Fourier transform of ${size} samples was asked for; sizes are even and have no prime factors but 2 and 5.`,
    );
  }
  return passes;
}

/** For butterfly p and output j the factor exp(-2 pi i p j / length). */
function passTwiddles(radix: number, length: number): Float64Array {
  const roots = rootsOfUnity(length, length);
  const twiddles = new Float64Array((length / radix) * (radix - 1) * 2);
  let position = 0;
  for (let p = 0; p < length / radix; p++) {
    for (let j = 1; j < radix; j++) {
      const root = (p * j) % length;
      twiddles[position++] = roots[2 * root]!;
      twiddles[position++] = roots[2 * root + 1]!;
    }
  }
  return twiddles;
}

/** exp(-2 pi i k / order) for k below `count`, interleaved. */
export function rootsOfUnity(order: number, count: number): Float64Array {
  const roots = new Float64Array(2 * count);
  for (let k = 0; k < count; k++) {
    const angle = (-2 * Math.PI * k) / order;
    roots[2 * k] = Math.cos(angle);
    roots[2 * k + 1] = Math.sin(angle);
  }
  return roots;
}

/** Runs one pass over interleaved complex values; `target` is overwritten and must not be `source`. */
export function runPass(pass: FftPass, source: Float64Array, target: Float64Array): void {
  if (pass.radix === 4) radix4(pass, source, target);
  else if (pass.radix === 5) radix5(pass, source, target);
  else radix2(pass, source, target);
}

function radix2({ span, stride, twiddles }: FftPass, source: Float64Array, target: Float64Array): void {
  const half = 2 * stride * span;
  for (let p = 0; p < span; p++) {
    const wr = twiddles[2 * p]!;
    const wi = twiddles[2 * p + 1]!;
    let read = 2 * stride * p;
    let write = 2 * read;
    for (let q = 0; q < stride; q++, read += 2, write += 2) {
      const ar = source[read]!;
      const ai = source[read + 1]!;
      const br = source[read + half]!;
      const bi = source[read + half + 1]!;
      const dr = ar - br;
      const di = ai - bi;
      target[write] = ar + br;
      target[write + 1] = ai + bi;
      target[write + 2 * stride] = dr * wr - di * wi;
      target[write + 2 * stride + 1] = dr * wi + di * wr;
    }
  }
}

function radix4({ span, stride, twiddles }: FftPass, source: Float64Array, target: Float64Array): void {
  const quarter = 2 * stride * span;
  const step = 2 * stride;
  for (let p = 0; p < span; p++) {
    const w1r = twiddles[6 * p]!;
    const w1i = twiddles[6 * p + 1]!;
    const w2r = twiddles[6 * p + 2]!;
    const w2i = twiddles[6 * p + 3]!;
    const w3r = twiddles[6 * p + 4]!;
    const w3i = twiddles[6 * p + 5]!;
    let read = step * p;
    let write = 4 * read;
    for (let q = 0; q < stride; q++, read += 2, write += 2) {
      const ar = source[read]!;
      const ai = source[read + 1]!;
      const br = source[read + quarter]!;
      const bi = source[read + quarter + 1]!;
      const cr = source[read + 2 * quarter]!;
      const ci = source[read + 2 * quarter + 1]!;
      const dr = source[read + 3 * quarter]!;
      const di = source[read + 3 * quarter + 1]!;
      const acSumR = ar + cr;
      const acSumI = ai + ci;
      const acDifferenceR = ar - cr;
      const acDifferenceI = ai - ci;
      const bdSumR = br + dr;
      const bdSumI = bi + di;
      // -i (b - d)
      const bdTurnedR = bi - di;
      const bdTurnedI = dr - br;
      const y1r = acDifferenceR + bdTurnedR;
      const y1i = acDifferenceI + bdTurnedI;
      const y2r = acSumR - bdSumR;
      const y2i = acSumI - bdSumI;
      const y3r = acDifferenceR - bdTurnedR;
      const y3i = acDifferenceI - bdTurnedI;
      target[write] = acSumR + bdSumR;
      target[write + 1] = acSumI + bdSumI;
      target[write + step] = y1r * w1r - y1i * w1i;
      target[write + step + 1] = y1r * w1i + y1i * w1r;
      target[write + 2 * step] = y2r * w2r - y2i * w2i;
      target[write + 2 * step + 1] = y2r * w2i + y2i * w2r;
      target[write + 3 * step] = y3r * w3r - y3i * w3i;
      target[write + 3 * step + 1] = y3r * w3i + y3i * w3r;
    }
  }
}

const COS_72 = Math.cos((2 * Math.PI) / 5);
const SIN_72 = Math.sin((2 * Math.PI) / 5);
const COS_144 = Math.cos((4 * Math.PI) / 5);
const SIN_144 = Math.sin((4 * Math.PI) / 5);

function radix5({ span, stride, twiddles }: FftPass, source: Float64Array, target: Float64Array): void {
  const fifth = 2 * stride * span;
  const step = 2 * stride;
  for (let p = 0; p < span; p++) {
    const factors = 8 * p;
    let read = step * p;
    let write = 5 * read;
    for (let q = 0; q < stride; q++, read += 2, write += 2) {
      const ar = source[read]!;
      const ai = source[read + 1]!;
      const br = source[read + fifth]!;
      const bi = source[read + fifth + 1]!;
      const cr = source[read + 2 * fifth]!;
      const ci = source[read + 2 * fifth + 1]!;
      const dr = source[read + 3 * fifth]!;
      const di = source[read + 3 * fifth + 1]!;
      const er = source[read + 4 * fifth]!;
      const ei = source[read + 4 * fifth + 1]!;
      const beSumR = br + er;
      const beSumI = bi + ei;
      const beDifferenceR = br - er;
      const beDifferenceI = bi - ei;
      const cdSumR = cr + dr;
      const cdSumI = ci + di;
      const cdDifferenceR = cr - dr;
      const cdDifferenceI = ci - di;
      const even1R = ar + COS_72 * beSumR + COS_144 * cdSumR;
      const even1I = ai + COS_72 * beSumI + COS_144 * cdSumI;
      const even2R = ar + COS_144 * beSumR + COS_72 * cdSumR;
      const even2I = ai + COS_144 * beSumI + COS_72 * cdSumI;
      const odd1R = SIN_72 * beDifferenceR + SIN_144 * cdDifferenceR;
      const odd1I = SIN_72 * beDifferenceI + SIN_144 * cdDifferenceI;
      const odd2R = SIN_144 * beDifferenceR - SIN_72 * cdDifferenceR;
      const odd2I = SIN_144 * beDifferenceI - SIN_72 * cdDifferenceI;
      target[write] = ar + beSumR + cdSumR;
      target[write + 1] = ai + beSumI + cdSumI;
      storeTurned(target, write + step, even1R + odd1I, even1I - odd1R, twiddles, factors);
      storeTurned(target, write + 2 * step, even2R + odd2I, even2I - odd2R, twiddles, factors + 2);
      storeTurned(target, write + 3 * step, even2R - odd2I, even2I + odd2R, twiddles, factors + 4);
      storeTurned(target, write + 4 * step, even1R - odd1I, even1I + odd1R, twiddles, factors + 6);
    }
  }
}

function storeTurned(
  target: Float64Array,
  index: number,
  re: number,
  im: number,
  twiddles: Float64Array,
  factor: number,
): void {
  const wr = twiddles[factor]!;
  const wi = twiddles[factor + 1]!;
  target[index] = re * wr - im * wi;
  target[index + 1] = re * wi + im * wr;
}
