import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSpeechError } from '../../../../core/errors.ts';
import { parseNpy } from '../../../../core/array-files/npy.ts';
import { parsePickle } from '../../../../core/array-files/pickle.ts';
import { parseSafetensors } from '../../../../core/array-files/safetensors.ts';
import { readVectorFile, writeVoice } from '../../../../core/verification/voices/vector-file.ts';
import { decodeVoice } from '../../../../core/verification/voices/voice-file.ts';
import { makeVoice } from '../../../support/made-up-voices.ts';

type Case = {
  readonly name: string;
  readonly base64: string;
  readonly vectors: readonly { readonly name: string | null; readonly vector: readonly number[] }[];
};
const golden = join(import.meta.dirname, '../../../golden/verification/vector-files.json');
const { good, hostile } = JSON.parse(readFileSync(golden, 'utf8')) as { good: Case[]; hostile: Case[] };

function bytesOf({ base64 }: Case): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

describe('readVectorFile', () => {
  it.each(good)('reads $name', (file) => {
    const found = readVectorFile(bytesOf(file), 'vectors');
    expect(found.map(({ name, vector }) => ({ name: name ?? null, vector: [...vector] }))).toEqual(
      file.vectors,
    );
  });

  it('has more than 60 hostile pickles to refuse', () => {
    expect(hostile.length).toBeGreaterThan(60);
  });

  it.each(hostile)('refuses a pickle: $name', (file) => {
    expect(() => readVectorFile(bytesOf(file), 'vectors')).toThrow(
      expect.objectContaining({ code: 'invalid_file' }),
    );
  });

  it('says which function a pickle wanted', () => {
    const file = hostile.find(({ name }) => name === 'calls os.system')!;
    expect(() => readVectorFile(bytesOf(file), 'vectors')).toThrow(/os\.system, which is not allowed/);
  });

  it('ends in vectors or a typed error, whatever byte of a file is changed', () => {
    const files = good.map(bytesOf);
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (bytes, changes, cut) => {
          const changed = bytes.slice(0, bytes.length - (cut % 3 === 0 ? cut % bytes.length : 0));
          for (const [place, byte] of changes) changed[place % changed.length] = byte;
          try {
            return readVectorFile(changed, 'vectors').every(({ vector }) => vector instanceof Float32Array);
          } catch (error) {
            return isSpeechError(error) && error.code === 'invalid_file';
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['JSON that is cut off', '[0.1, 0.2'],
    ['JSON with NaN', '[NaN, 0.2]'],
    ['a recording', 'RIFF\u0004\u0000\u0000\u0000WAVE'],
    ['a safetensors header of four exabytes', '\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0040{}'],
  ])('does not take %s for a pickle', (_, text) => {
    const read = () => readVectorFile(new TextEncoder().encode(text), 'it');
    expect(read).toThrow(/^it cannot be read as vectors: it is neither whole JSON nor/);
  });

  it('refuses random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readVectorFile(bytes, 'vectors');
        } catch (error) {
          return isSpeechError(error) && error.code === 'invalid_file';
        }
        return true;
      }),
    );
  });
});

describe('parsePickle', () => {
  it('lets a short pickle make no more arrays of one piece of data than the limit allows', () => {
    const data = Buffer.alloc(8000);
    const head = Buffer.concat([
      Buffer.from([0x80, 5]),
      Buffer.from('(lp0\n'),
      Buffer.from([0x42, ...new Uint8Array(Uint32Array.of(data.length).buffer)]),
      data,
      Buffer.from('p1\n0'),
    ]);
    const array = Buffer.from(
      'cnumpy.core.numeric\n_frombuffer\n(g1\ncnumpy\ndtype\n(X\x02\x00\x00\x00f8tR(M\xe8\x03tX\x01\x00\x00\x00CtRa',
      'latin1',
    );
    const pickle = Buffer.concat([head, ...Array.from({ length: 50 }, () => array), Buffer.from('.')]);
    const limits = { maxBytes: 1 << 20, maxMemo: 10, maxArrayElements: 50_000 };
    expect(parsePickle(pickle, limits)).toHaveLength(50);
    expect(() => parsePickle(pickle, { ...limits, maxArrayElements: 49_999 })).toThrow(/too large/);
    expect(() => parsePickle(pickle, { ...limits, maxBytes: 100 })).toThrow(/too large/);
    expect(() => parsePickle(pickle, { ...limits, maxMemo: 1 })).toThrow(/remembers too many/);
  });
});

describe('parseSafetensors', () => {
  const valid = new Uint8Array(
    Buffer.from(good.find(({ name }) => name === 'safetensors')!.base64, 'base64'),
  );

  function withHeader(header: object, data: number): Uint8Array {
    const json = Buffer.from(JSON.stringify(header));
    const bytes = Buffer.alloc(8 + json.length + data);
    bytes.writeBigUInt64LE(BigInt(json.length));
    json.copy(bytes, 8);
    return bytes;
  }

  it.each([
    [
      'a header of 2^60 bytes',
      (() => {
        const bytes = valid.slice();
        bytes[7] = 0x10;
        return bytes;
      })(),
    ],
    [
      'tensors that overlap',
      withHeader(
        {
          a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
          b: { dtype: 'F32', shape: [2], data_offsets: [4, 12] },
        },
        12,
      ),
    ],
    ['bytes of no tensor', withHeader({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 8)],
    ['a place past the end', withHeader({ a: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }, 8)],
    ['a shape that does not fit', withHeader({ a: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }, 8)],
    ['2^40 rows', withHeader({ a: { dtype: 'F32', shape: [2 ** 40], data_offsets: [0, 8] } }, 8)],
    ['negative extents', withHeader({ a: { dtype: 'F32', shape: [-1, -2], data_offsets: [0, 8] } }, 8)],
    ['integers', withHeader({ a: { dtype: 'I32', shape: [2], data_offsets: [0, 8] } }, 8)],
    [
      'a type called constructor',
      withHeader({ a: { dtype: 'constructor', shape: [2], data_offsets: [0, 8] } }, 8),
    ],
    ['no entry', withHeader({ a: null }, 0)],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseSafetensors(bytes)).toThrow(expect.objectContaining({ code: 'invalid_file' }));
  });
});

describe('writeVoice', () => {
  const voice = makeVoice('Zoë', 3);

  it('writes a voice file that reads back', () => {
    expect(decodeVoice(writeVoice(voice, 'json') as string, 'file')).toEqual(voice);
  });

  it('writes .npy and safetensors that read back, bit for bit', () => {
    expect(parseNpy(writeVoice(voice, 'npy') as Uint8Array).data).toEqual(voice.vector);
    const [found] = readVectorFile(writeVoice(voice, 'safetensors') as Uint8Array, 'file');
    expect(found).toEqual({ name: 'Zoë', vector: voice.vector });
  });
});
