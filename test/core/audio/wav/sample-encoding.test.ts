import { expect, test } from 'vitest';
import {
  decodeSamples,
  findBadSample,
  type SampleEncoding,
} from '../../../../core/audio/wav/sample-encoding.ts';

function decode(encoding: SampleEncoding, ...bytes: number[]): number[] {
  const out = new Float32Array(16);
  return [...out.subarray(0, decodeSamples(encoding, Uint8Array.from(bytes), out))];
}

test('integers are divided by their full scale', () => {
  expect(decode('pcm-u8', 0, 128, 255)).toEqual([-1, 0, 127 / 128]);
  expect(decode('pcm-s16', 0x00, 0x80, 0xff, 0x7f, 0x01, 0x00)).toEqual([-1, 32_767 / 32_768, 1 / 32_768]);
  expect(decode('pcm-s24', 0x00, 0x00, 0x80, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff)).toEqual([
    -1,
    8_388_607 / 8_388_608,
    -1 / 8_388_608,
  ]);
  expect(decode('pcm-s32', 0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00, 0x40)).toEqual([-1, 0.5]);
});

test('floats keep their value, doubles are rounded to float32', () => {
  expect(decode('float32', 0x00, 0x00, 0xc0, 0x3f)).toEqual([1.5]);
  expect(decode('float64', ...new Uint8Array(Float64Array.of(0.1).buffer))).toEqual([Math.fround(0.1)]);
});

// Values of the tables in ITU-T G.711, scaled to 16 bits.
test('A-law and μ-law follow G.711', () => {
  const scaled = (values: number[]): number[] => values.map((value) => value / 32_768);
  expect(decode('mu-law', 0x00, 0x7f, 0x80, 0xff, 0x0f, 0xf0)).toEqual(
    scaled([-32_124, -0, 32_124, 0, -16_764, 120]),
  );
  expect(decode('a-law', 0x2a, 0xaa, 0x55, 0xd5, 0x15, 0x80)).toEqual(
    scaled([-32_256, 32_256, -8, 8, -2112, 5504]),
  );
});

test('finds the first sample that is no usable number', () => {
  expect(findBadSample(Float32Array.of(0, -1, 1), 3, 10)).toBe(-1);
  expect(findBadSample(Float32Array.of(0, NaN, Infinity), 3, 10)).toBe(1);
  expect(findBadSample(Float32Array.of(0, -11, NaN), 3, 10)).toBe(1);
  expect(findBadSample(Float32Array.of(0, 1, NaN), 2, 10)).toBe(-1);
});
