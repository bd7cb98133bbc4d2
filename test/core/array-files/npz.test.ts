import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSpeechError } from '../../../core/errors.ts';
import { parseNpz } from '../../../core/array-files/npz.ts';
import { encodeNpy } from '../../../core/array-files/npy.ts';

type ZipEntry = {
  name: string;
  content: Uint8Array;
  deflate?: boolean;
  crc?: number;
  claimedBytes?: number;
  flags?: number;
};

/** A zip as Python's zipfile writes it: local headers, contents, directory, end record. */
function zipOf(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  for (const entry of entries) {
    const packed = entry.deflate ? deflateRawSync(entry.content) : Buffer.from(entry.content);
    const name = Buffer.from(entry.name);
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt16LE(entry.flags ?? 0, 8);
    record.writeUInt16LE(entry.deflate ? 8 : 0, 10);
    record.writeUInt32LE(entry.crc ?? crc32(entry.content), 16);
    record.writeUInt32LE(packed.length, 20);
    record.writeUInt32LE(entry.claimedBytes ?? entry.content.length, 24);
    record.writeUInt16LE(name.length, 28);
    record.writeUInt32LE(Buffer.concat(parts).length, 42);
    directory.push(record, name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    parts.push(local, name, packed);
  }
  const offset = Buffer.concat(parts).length;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

const vector = encodeNpy({ shape: [3], data: new Float32Array([1, 2, 3]) });
const table = encodeNpy({ shape: [50, 40], data: new Float64Array(2000) });

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return isSpeechError(error) ? error.code : 'untyped';
  }
  return 'none';
}

describe('parseNpz', () => {
  it('reads stored and deflated arrays by name', () => {
    const arrays = parseNpz(
      zipOf([
        { name: 'mean.npy', content: vector },
        { name: 'table.npy', content: table, deflate: true },
      ]),
    );
    expect(Object.keys(arrays)).toEqual(['mean', 'table']);
    expect(arrays.mean).toEqual({ shape: [3], data: new Float32Array([1, 2, 3]) });
    expect(arrays.table!.shape).toEqual([50, 40]);
  });

  it('accepts an entry without a checksum', () => {
    expect(codeOf(() => parseNpz(zipOf([{ name: 'a.npy', content: vector, crc: 0 }])))).toBe('none');
  });

  it('gives nothing but what the archive holds, whatever its arrays are called', () => {
    const arrays = parseNpz(zipOf([{ name: 'constructor.npy', content: vector }]));
    expect(Object.keys(arrays)).toEqual(['constructor']);
    expect('toString' in arrays).toBe(false);
    expect('__proto__' in parseNpz(zipOf([{ name: '__proto__.npy', content: vector }]))).toBe(true);
  });

  it('refuses damaged, encrypted and oversized archives', () => {
    const bomb = { name: 'bomb.npy', content: new Uint8Array(10_000_000), deflate: true, claimedBytes: 1000 };
    const hostile: Record<string, () => unknown> = {
      'no zip': () => parseNpz(vector),
      empty: () => parseNpz(new Uint8Array()),
      'wrong checksum': () => parseNpz(zipOf([{ name: 'a.npy', content: vector, crc: 1 }])),
      encrypted: () => parseNpz(zipOf([{ name: 'a.npy', content: vector, flags: 1 }])),
      'a bomb that claims little': () => parseNpz(zipOf([bomb])),
      'a claim above the limit': () =>
        parseNpz(zipOf([{ name: 'a.npy', content: table }]), { maxEntries: 10, maxInflatedBytes: 1000 }),
      'too many entries': () =>
        parseNpz(zipOf([{ name: 'a.npy', content: vector }]), { maxEntries: 0, maxInflatedBytes: 1000 }),
      'no array inside': () =>
        parseNpz(zipOf([{ name: 'a.npy', content: new TextEncoder().encode('hello') }])),
      'a cut file': () => parseNpz(zipOf([{ name: 'a.npy', content: vector }]).subarray(40)),
    };
    for (const [name, action] of Object.entries(hostile)) expect(codeOf(action), name).toBe('invalid_file');
  });

  it('never fails in another way than with invalid_file, whatever bytes of a file change', () => {
    const file = zipOf([
      { name: 'a.npy', content: vector, deflate: true },
      { name: 'b.npy', content: vector },
    ]);
    const mutations = fc.array(fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 0, max: 255 })), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(mutations, fc.nat(file.length), (changes, length) => {
        const mutated = Uint8Array.from(file);
        for (const [index, byte] of changes) mutated[index] = byte;
        expect(['none', 'invalid_file']).toContain(codeOf(() => parseNpz(mutated.subarray(0, length))));
      }),
      { numRuns: 500 },
    );
  });

  it('refuses entries that lie over one another, and claims that no stream of their size can hold', () => {
    const large = zipOf([{ name: 'a.npy', content: new Uint8Array(200_000).fill(7), deflate: false }]);
    const wide = Buffer.from(large);
    const at = wide.readUInt32LE(wide.length - 22 + 16);
    const record = wide.subarray(at, wide.length - 22);
    const end = Buffer.from(wide.subarray(wide.length - 22));
    end.writeUInt16LE(2, 10);
    const twice = Buffer.concat([wide.subarray(0, at), record, record, end]);
    expect(() => parseNpz(twice)).toThrow('lie over one another');
    const boastful = zipOf([{ name: 'a.npy', content: vector, deflate: true, claimedBytes: 100_000_000 }]);
    expect(() => parseNpz(boastful)).toThrow('more than its bytes can hold');
  });

  it('refuses a bomb before a byte of it is inflated', () => {
    const bomb = zipOf([
      {
        name: 'a.npy',
        content: encodeNpy({ shape: [34_000_000], data: new Float32Array(34_000_000) }),
        deflate: true,
      },
    ]);
    expect(bomb.length).toBeLessThan(500_000);
    expect(() => parseNpz(bomb)).toThrow('more than 134217728 bytes');
  });
});
