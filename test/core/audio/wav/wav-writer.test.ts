import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader } from '../../../../core/audio/byte-reader.ts';
import { DEFAULT_AUDIO_LIMITS } from '../../../../core/audio/limits.ts';
import { encodeWav } from '../../../../core/audio/wav/wav-writer.ts';
import { readWav } from '../../../../core/audio/wav/wav.ts';
import { collect, streamOf } from '../../../support/byte-streams.ts';
import { int16Bytes, wavBytes } from '../../../support/wav-bytes.ts';

async function readBack(file: Uint8Array): Promise<Float32Array> {
  const pcm = await readWav(new ByteReader(streamOf(file)), {
    name: 'test.wav',
    limits: DEFAULT_AUDIO_LIMITS,
  });
  return collect(pcm.blocks);
}

test('writes the canonical 44-byte header', () => {
  const file = encodeWav(Float32Array.of(0.5, -1), { sampleRate: 16_000 });
  expect(Buffer.from(file)).toEqual(Buffer.from(wavBytes({ data: int16Bytes(16_384, -32_768) })));
});

test('float samples come back bit for bit, 16-bit samples to the nearest step', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.float32Array({ minLength: 1, maxLength: 50, min: -1, max: 1, noNaN: true }),
      async (samples) => {
        const floats = await readBack(encodeWav(samples, { sampleRate: 8000, encoding: 'float32' }));
        expect(floats).toEqual(samples);
        const steps = await readBack(encodeWav(samples, { sampleRate: 8000 }));
        steps.forEach((step, i) => expect(Math.abs(step - samples[i]!)).toBeLessThanOrEqual(1 / 32_768));
        // What came from 16 bits goes back to the same 16 bits.
        expect(await readBack(encodeWav(steps, { sampleRate: 8000 }))).toEqual(steps);
      },
    ),
  );
});

test('16-bit samples clip at full scale', async () => {
  expect([...(await readBack(encodeWav(Float32Array.of(2, -2), { sampleRate: 8000 })))]).toEqual([
    32_767 / 32_768,
    -1,
  ]);
});

test('refuses samples that are no whole frames', () => {
  expect(() => encodeWav(new Float32Array(3), { sampleRate: 8000, channels: 2 })).toThrow(/whole frames/);
});
