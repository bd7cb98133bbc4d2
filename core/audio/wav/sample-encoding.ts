/** How one sample is stored; all little endian. */
export type SampleEncoding =
  'pcm-u8' | 'pcm-s16' | 'pcm-s24' | 'pcm-s32' | 'float32' | 'float64' | 'a-law' | 'mu-law';

export const BYTES_PER_SAMPLE: Readonly<Record<SampleEncoding, number>> = Object.freeze({
  'pcm-u8': 1,
  'pcm-s16': 2,
  'pcm-s24': 3,
  'pcm-s32': 4,
  float32: 4,
  float64: 8,
  'a-law': 1,
  'mu-law': 1,
});

/** True where a stored value may be no number. */
export function isFloatEncoding(encoding: SampleEncoding): boolean {
  return encoding === 'float32' || encoding === 'float64';
}

/**
 * Turns stored samples into floats: integers are divided by 2^(bits − 1), so 16-bit audio is value / 32768.
 *
 * @param bytes a whole number of samples
 * @param out overwritten from its start; as long as the samples, or longer
 * @returns the number of samples
 */
export function decodeSamples(encoding: SampleEncoding, bytes: Uint8Array, out: Float32Array): number {
  const count = bytes.length / BYTES_PER_SAMPLE[encoding];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (encoding) {
    case 'pcm-u8':
      for (let i = 0; i < count; i++) out[i] = (bytes[i]! - 128) / 128;
      break;
    case 'pcm-s16':
      for (let i = 0; i < count; i++) out[i] = view.getInt16(2 * i, true) / 32_768;
      break;
    case 'pcm-s24':
      for (let i = 0; i < count; i++) {
        out[i] = (view.getUint16(3 * i, true) + view.getInt8(3 * i + 2) * 65_536) / 8_388_608;
      }
      break;
    case 'pcm-s32':
      for (let i = 0; i < count; i++) out[i] = view.getInt32(4 * i, true) / 2_147_483_648;
      break;
    case 'float32':
      for (let i = 0; i < count; i++) out[i] = view.getFloat32(4 * i, true);
      break;
    case 'float64':
      for (let i = 0; i < count; i++) out[i] = view.getFloat64(8 * i, true);
      break;
    case 'a-law':
      for (let i = 0; i < count; i++) out[i] = A_LAW[bytes[i]!]!;
      break;
    case 'mu-law':
      for (let i = 0; i < count; i++) out[i] = MU_LAW[bytes[i]!]!;
      break;
  }
  return count;
}

/** Index of the first sample that is not finite or larger than `maxMagnitude`; −1 when there is none. */
export function findBadSample(samples: Float32Array, count: number, maxMagnitude: number): number {
  for (let i = 0; i < count; i++) {
    // Written so that NaN, which compares false with everything, is bad too.
    if (!(Math.abs(samples[i]!) <= maxMagnitude)) return i;
  }
  return -1;
}

/** ITU-T G.711: 13-bit A-law values, shifted to 16 bits. */
const A_LAW = Float32Array.from({ length: 256 }, (_, code) => {
  const value = code ^ 0x55;
  const exponent = (value >> 4) & 7;
  const mantissa = ((value & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1);
  return (value & 0x80 ? magnitude : -magnitude) / 32_768;
});

/** ITU-T G.711: 14-bit μ-law values, shifted to 16 bits. */
const MU_LAW = Float32Array.from({ length: 256 }, (_, code) => {
  const value = ~code & 0xff;
  const magnitude = ((((value & 15) << 3) + 132) << ((value >> 4) & 7)) - 132;
  return (value & 0x80 ? -magnitude : magnitude) / 32_768;
});
