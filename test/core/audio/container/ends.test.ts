/** What the bytes of a container say of its end: boxes of MP4, segments of Matroska, pages of Ogg, frames of MP3. */
import { open } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PassingEnds, readFileEnds } from '../../../../core/audio/container/file-ends.ts';
import { countMatroskaParts, matroskaBytes } from '../../../../core/audio/container/matroska-segment.ts';
import { readMp4Layout } from '../../../../core/audio/container/mp4-boxes.ts';
import { hasBytesBetweenFrames } from '../../../../core/audio/container/mpeg-frames.ts';
import { findOggEnd } from '../../../../core/audio/container/ogg-end.ts';
import { streamOf } from '../../../support/byte-streams.ts';
import { noise } from '../../../support/signals.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** Runs something on an open file with these bytes. */
async function onFile<T>(
  bytes: Uint8Array,
  work: (...file: Parameters<typeof readFileEnds>) => Promise<T>,
): Promise<T> {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, bytes);
  const handle = await open(path);
  try {
    return await work(handle, bytes.length);
  } finally {
    await handle.close();
  }
}

describe('MP4', () => {
  const box = (type: string, bodyBytes: number, size = 8 + bodyBytes): Buffer => {
    const bytes = Buffer.alloc(8 + bodyBytes);
    bytes.writeUInt32BE(size, 0);
    bytes.write(type, 4, 'latin1');
    return bytes;
  };
  const long = (type: string, bodyBytes: number, size: number): Buffer => {
    const bytes = Buffer.concat([box(type, 8, 1), Buffer.alloc(bodyBytes)]);
    bytes.writeBigUInt64BE(BigInt(size), 8);
    return bytes;
  };
  const whole = [box('ftyp', 16), box('moov', 100), box('mdat', 1000)];

  test.each<[string, Buffer[], object]>([
    ['a whole file', whole, { isCutOff: false, isFollowed: false }],
    ['one whose last box goes to the end', [...whole.slice(0, 2), box('mdat', 50, 0)], { isCutOff: false }],
    ['one with a long box', [whole[0]!, long('mdat', 50, 66), whole[1]!], { isCutOff: false }],
    [
      'one in fragments',
      [whole[0]!, whole[1]!, box('moof', 9), box('mdat', 9), box('moof', 9), box('mdat', 9)],
      { isCutOff: false, isFollowed: false },
    ],
    ['one with foreign bytes behind', [...whole, Buffer.alloc(100, 0xff)], { isCutOff: false }],
    ['one whose samples are cut', [whole[0]!, whole[1]!, box('mdat', 50, 5000)], { isCutOff: true }],
    ['one cut in a long box', [whole[0]!, long('mdat', 50, 5e9)], { isCutOff: true }],
    ['one cut in the head of a box', [...whole, Buffer.from([0, 0, 1])], { isCutOff: true }],
    ['two of them', [...whole, ...whole], { isCutOff: false, isFollowed: true }],
  ])('%s', async (_what, boxes, expected) => {
    expect(await onFile(Buffer.concat(boxes), readMp4Layout)).toMatchObject(expected);
  });
});

describe('Matroska', () => {
  const header = Buffer.from('1a45dfa3a342868101', 'hex');
  const headerBody = Buffer.alloc(0x23 - 4);
  const segment = (size: string, body: number): Buffer =>
    Buffer.concat([header, headerBody, Buffer.from(`18538067${size}`, 'hex'), Buffer.alloc(body)]);

  test('says where it ends, with sizes of any length', () => {
    const before = header.length + headerBody.length + 4;
    expect(matroskaBytes(segment('85', 5))).toBe(before + 1 + 5);
    expect(matroskaBytes(segment('4105', 5))).toBe(before + 2 + 0x105);
    expect(matroskaBytes(segment('0100000000000105', 5))).toBe(before + 8 + 0x105);
  });

  test('or that nobody knew', () => {
    expect(matroskaBytes(segment('01ffffffffffffff', 5))).toBeUndefined();
    expect(matroskaBytes(segment('ff', 5))).toBeUndefined();
    expect(matroskaBytes(header.subarray(0, 4))).toBeUndefined();
    expect(matroskaBytes(Buffer.from('RIFF'))).toBeUndefined();
  });

  test('and how many were joined', async () => {
    const one = segment('85', 5);
    expect(await onFile(one, countMatroskaParts)).toBe(1);
    expect(await onFile(Buffer.concat([one, one, one]), countMatroskaParts)).toBe(3);
    expect(await onFile(Buffer.concat([one, Buffer.alloc(50)]), countMatroskaParts)).toBe(1);
    expect(await onFile(segment('ff', 500), countMatroskaParts)).toBe(1);
  });
});

describe('Ogg', () => {
  const page = (flags: number, ...sizes: number[]): Buffer =>
    Buffer.concat([
      Buffer.from('OggS'),
      Buffer.from([0, flags]),
      Buffer.alloc(20),
      Buffer.from([sizes.length, ...sizes]),
      Buffer.alloc(
        sizes.reduce((sum, size) => sum + size, 0),
        0x55,
      ),
    ]);

  test.each([
    ['whole', Buffer.concat([page(2, 30), page(0, 255, 255, 3), page(4, 200)])],
    ['unmarked', Buffer.concat([page(2, 30), page(0, 255, 3)])],
    ['in-page', Buffer.concat([page(2, 30), page(4, 255, 255)]).subarray(0, -1)],
    ['in-page', Buffer.concat([page(4, 30), page(4, 255).subarray(0, 20)])],
    ['in-page', Buffer.concat([page(4, 30), page(4, 255, 255).subarray(0, 28)])],
    ['in-page', Buffer.alloc(100)],
  ] as const)('ends %s', (end, bytes) => {
    expect(findOggEnd(bytes)).toBe(end);
  });
});

describe('MP3', () => {
  /** MPEG 1, layer 3, 128 kbit/s, 44.1 kHz: 417 bytes, with padding 418. */
  const frame = (padded = false): Buffer => {
    const bytes = Buffer.alloc(padded ? 418 : 417, 0x11);
    bytes.set([0xff, 0xfb, padded ? 0x92 : 0x90, 0x64]);
    return bytes;
  };
  const frames = (count: number): Buffer =>
    Buffer.concat(Array.from({ length: count }, (_, i) => frame(i % 7 === 0)));
  const tag = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x01\x00', 'latin1'), Buffer.alloc(128, 0xff)]);
  const ape = Buffer.alloc(32);
  ape.write('APETAGEX');
  const check = (...parts: Uint8Array[]) => onFile(Buffer.concat(parts), hasBytesBetweenFrames);

  test('frames and tags alone are whole, in files of any length', async () => {
    expect(await check(frames(100))).toBe(false);
    expect(await check(tag, frames(60), tag, frames(60), Buffer.from('TAG'.padEnd(128)), frames(60))).toBe(
      false,
    );
    expect(await check(frames(60), Buffer.alloc(500), frames(60), ape)).toBe(false);
    expect(await check(frames(6000))).toBe(false);
    // Layer 2 at 48 kHz and layer 3 of version 2 at 22.05 kHz.
    const others = Buffer.concat([Buffer.alloc(384, 1), Buffer.alloc(208, 1)]);
    others.set([0xff, 0xfd, 0x84, 0], 0);
    others.set([0xff, 0xf3, 0x80, 0], 384);
    expect(await check(others, frames(60))).toBe(false);
  });

  test('other bytes are damage, at any place but the last', async () => {
    const junk = new Uint8Array(noise(100).buffer);
    expect(await check(frames(60), junk, frames(60))).toBe(true);
    expect(await check(frames(3000), junk, frames(60))).toBe(true);
    expect(await check(frames(60), frame().subarray(0, 100))).toBe(false);
    expect(await check(Buffer.from('ID3'))).toBe(false);
  });
});

test('the ends of a stream are those of the file', async () => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251);
  const expected = await onFile(bytes, readFileEnds);
  for (const cuts of [[], [1, 2, 3, 5000, 200_000], Array.from({ length: 300 }, (_, i) => i * 1000)]) {
    const passing = new PassingEnds();
    for await (const chunk of passing.watch(streamOf(bytes, cuts))) expect(chunk).toBeInstanceOf(Uint8Array);
    expect(passing.ends).toEqual(expected);
  }
});
