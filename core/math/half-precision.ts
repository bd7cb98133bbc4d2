const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** Largest finite half-precision number. */
const LARGEST_HALF = 65504;
/** Below this magnitude half-precision numbers are a fixed 2^-24 apart. */
const SMALLEST_NORMAL_HALF = 2 ** -14;

/**
 * The nearest number of IEEE half precision (float16), ties to even; what is beyond its range becomes infinite.
 *
 * @see IEEE 754-2019, binary16
 */
export function roundToHalf(value: number): number {
  float[0] = value;
  const single = float[0];
  const magnitude = Math.abs(single);
  if (!(magnitude < Infinity)) return single;
  if (magnitude >= LARGEST_HALF + 16) return Math.sign(single) * Infinity;
  if (magnitude < SMALLEST_NORMAL_HALF) {
    // Adding 2^29 of the step size leaves a double exactly the digits that a subnormal half has.
    const shift = Math.sign(single) * 1.5 * 2 ** 28;
    return single + shift - shift;
  }
  // 13 of the 23 fraction bits are dropped, half to even; a carry into the exponent is right as it is.
  const word = bits[0]!;
  bits[0] = (word + 0xfff + ((word >>> 13) & 1)) & ~0x1fff;
  return float[0];
}
