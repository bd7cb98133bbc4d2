/** Formats that ffmpeg reads and does not write: files made by hand from their specifications. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAudio } from '../../../../core/audio/decode.ts';
import { collect, streamOf } from '../../../support/byte-streams.ts';
import { sine } from '../../../support/signals.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { fitTone } from '../../../support/tone-fit.ts';
import { int16Bytes } from '../../../support/wav-bytes.ts';

const SECONDS = 0.5;

/** NIST SPHERE: 1024 bytes of text, then samples. */
function sphere(): Uint8Array {
  const samples = [...sine(440, SECONDS, { amplitude: 0.5 })].map((value) => Math.round(value * 32_767));
  const header = [
    'NIST_1A',
    '   1024',
    `sample_count -i ${samples.length}`,
    'sample_rate -i 16000',
    'channel_count -i 1',
    'sample_n_bytes -i 2',
    'sample_byte_format -s2 01',
    'sample_coding -s3 pcm',
    'end_head\n',
  ].join('\n');
  return Buffer.concat([Buffer.from(header.padEnd(1024)), int16Bytes(...samples)]);
}

const DSD_RATE = 2_822_400;
const DSD_BLOCK_BYTES = 4096;

/** One bit a sample, of a density that follows the tone; the error goes on to the next bit. */
function dsdBits(): Uint8Array {
  const bytes = new Uint8Array(Math.round((SECONDS * DSD_RATE) / 8));
  let error = 0;
  for (let i = 0; i < bytes.length * 8; i++) {
    const wanted = error + 0.5 * Math.sin((2 * Math.PI * 440 * i) / DSD_RATE);
    const bit = wanted >= 0 ? 1 : 0;
    error = wanted - (bit === 1 ? 1 : -1);
    bytes[i >> 3]! |= bit << (i & 7);
  }
  return bytes;
}

/** DSF: chunks "DSD ", "fmt " and "data", bits from the lowest, blocks of 4096 bytes a channel. */
function dsf(): Uint8Array {
  const bits = dsdBits();
  const data = new Uint8Array(Math.ceil(bits.length / DSD_BLOCK_BYTES) * DSD_BLOCK_BYTES);
  data.set(bits);
  const head = Buffer.alloc(28 + 52 + 12);
  head.write('DSD ', 0);
  head.writeBigUInt64LE(28n, 4);
  head.writeBigUInt64LE(BigInt(head.length + data.length), 12);
  head.write('fmt ', 28);
  head.writeBigUInt64LE(52n, 32);
  [1, 0, 1, 1, DSD_RATE, 1].forEach((value, i) => head.writeUInt32LE(value, 40 + 4 * i));
  head.writeBigUInt64LE(BigInt(bits.length * 8), 64);
  head.writeUInt32LE(DSD_BLOCK_BYTES, 72);
  head.write('data', 80);
  head.writeBigUInt64LE(BigInt(12 + data.length), 84);
  return Buffer.concat([head, data]);
}

describe.each([
  ['NIST SPHERE', sphere()],
  ['DSF', dsf()],
])('%s', (_name, bytes) => {
  test('sounds as it was made, from a file and from a stream', async () => {
    const path = join(temporaryFolder(), 'recording.xyz');
    writeFileSync(path, bytes);
    const samples = await collect((await openAudio({ path })).blocks);
    expect(samples.length / 16_000).toBeCloseTo(SECONDS, 1);
    const where = { from: 1000, to: 7000, sampleRate: 16_000 };
    const { gainDb, residualDb } = fitTone(samples, { hz: 440, amplitude: 0.5, ...where });
    expect(gainDb).toBeCloseTo(0, 0);
    expect(residualDb).toBeLessThan(-40);
    expect(await collect((await openAudio({ stream: streamOf(bytes, [9, 5000]) })).blocks)).toEqual(samples);
  });
});

test.each([
  ['a tracker module', 'IMPM song'.padEnd(64, '\0')],
  ['another one', 'Extended Module: song\x1a'.padEnd(400, '\0')],
  ['a score', 'MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk'],
  ['game music', 'GBS\x01\x01\x01'.padEnd(400, '\0')],
  ['a film of Flash', 'FWS\x06'.padEnd(400, '\0')],
])('%s is refused', async (_what, content) => {
  const stream = streamOf(Buffer.from(content, 'latin1'));
  await expect(openAudio({ stream })).rejects.toMatchObject({ code: 'unsupported_audio' });
});
