import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSpeechError } from '../../../core/errors.ts';
import { encodeNpy, parseNpy } from '../../../core/array-files/npy.ts';

/** A file as NumPy would write it, with any header text. */
function npyFile(header: string, data: Uint8Array = new Uint8Array(), version = 1): Uint8Array {
  const text = Buffer.from(header + '\n', 'latin1');
  const prefix = Buffer.alloc(version === 1 ? 10 : 12);
  prefix.write('\x93NUMPY', 'latin1');
  prefix[6] = version;
  if (version === 1) prefix.writeUInt16LE(text.length, 8);
  else prefix.writeUInt32LE(text.length, 8);
  return Buffer.concat([prefix, text, data]);
}

const header = (descr: string, shape: string, order = 'False'): string =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return isSpeechError(error) ? error.code : 'untyped';
  }
  return 'none';
}

describe('parseNpy', () => {
  it('reads every element type that NumPy writes for numbers and booleans', () => {
    const cases = [
      ['|b1', Uint8Array, 1],
      ['|u1', Uint8Array, 1],
      ['|i1', Int8Array, 1],
      ['<u2', Uint16Array, 2],
      ['<i2', Int16Array, 2],
      ['<u4', Uint32Array, 4],
      ['<i4', Int32Array, 4],
      ['<u8', BigUint64Array, 8],
      ['<i8', BigInt64Array, 8],
      ['<f4', Float32Array, 4],
      ['<f8', Float64Array, 8],
    ] as const;
    for (const [descr, Elements, size] of cases) {
      const { shape, data } = parseNpy(npyFile(header(descr, '(2, 3)'), new Uint8Array(6 * size)));
      expect(shape, descr).toEqual([2, 3]);
      expect(data, descr).toBeInstanceOf(Elements);
      expect(data.length, descr).toBe(6);
    }
  });

  it('reads scalars, vectors, empty arrays and header versions 1 to 3', () => {
    expect(parseNpy(npyFile(header('<f4', '()'), new Uint8Array(4))).shape).toEqual([]);
    expect(parseNpy(npyFile(header('<f4', '(2,)'), new Uint8Array(8), 2)).shape).toEqual([2]);
    expect(parseNpy(npyFile(header('<f8', '(0, 7)'), new Uint8Array(0), 3)).shape).toEqual([0, 7]);
  });

  it('reads a file that starts at an odd address', () => {
    const file = npyFile(header('<f8', '(2,)'), new Uint8Array(new Float64Array([1.5, -2]).buffer));
    const shifted = new Uint8Array(file.length + 1);
    shifted.set(file, 1);
    expect([...parseNpy(shifted.subarray(1)).data]).toEqual([1.5, -2]);
  });

  it('refuses what could execute code, cannot be read, or does not fit', () => {
    const hostile: Record<string, Uint8Array> = {
      'empty file': new Uint8Array(),
      'no magic': new TextEncoder().encode('RIFF....WAVEfmt '),
      'object elements': npyFile(header('|O', '(1,)'), new Uint8Array(8)),
      'structured elements': npyFile("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"),
      'text elements': npyFile(header('<U4', '(1,)'), new Uint8Array(16)),
      'big-endian elements': npyFile(header('>f4', '(1,)'), new Uint8Array(4)),
      'an inherited property as type': npyFile(header('toString', '(1,)')),
      'Fortran order': npyFile(header('<f4', '(2, 2)', 'True'), new Uint8Array(16)),
      'a claim of 2^40 rows': npyFile(header('<f4', '(1099511627776, 256)'), new Uint8Array(64)),
      'an empty array of 10^15 rows': npyFile(header('<f4', '(1000000000000000, 0)')),
      'a negative extent': npyFile(header('<f4', '(-1,)'), new Uint8Array(4)),
      'an extent that is missing': npyFile(header('<f4', '(,1)'), new Uint8Array(4)),
      'missing bytes': npyFile(header('<f4', '(3,)'), new Uint8Array(11)),
      'surplus bytes': npyFile(header('<f4', '(3,)'), new Uint8Array(13)),
      'a header of 4 GB': Uint8Array.from(
        [...npyFile('{}', undefined, 2)].map((b, i) => (i > 7 && i < 12 ? 255 : b)),
      ),
      'a cut header': npyFile(header('<f4', '(3,)')).subarray(0, 40),
      'format version 9': npyFile(header('<f4', '()'), new Uint8Array(4), 9),
      '33 dimensions': npyFile(header('<f4', `(${'1, '.repeat(33)})`), new Uint8Array(4)),
    };
    for (const [name, bytes] of Object.entries(hostile))
      expect(
        codeOf(() => parseNpy(bytes)),
        name,
      ).toBe('invalid_file');
  });

  it('never fails in another way than with invalid_file, whatever bytes of a file change', () => {
    const file = npyFile(header('<f4', '(4, 2)'), new Uint8Array(32));
    const mutations = fc.array(fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 0, max: 255 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(mutations, fc.nat(file.length), (changes, length) => {
        const mutated = Uint8Array.from(file);
        for (const [index, byte] of changes) mutated[index] = byte;
        expect(['none', 'invalid_file']).toContain(codeOf(() => parseNpy(mutated.subarray(0, length))));
      }),
      { numRuns: 500 },
    );
  });
});

describe('encodeNpy', () => {
  it('writes what parseNpy reads back, bit for bit', () => {
    const arrays = [
      { shape: [], data: new Float64Array([Math.PI]) },
      { shape: [3], data: new Float32Array([NaN, -0, 1e-40]) },
      { shape: [2, 2], data: new BigInt64Array([1n, -1n, 2n ** 62n, 0n]) },
      { shape: [0, 5], data: new Int8Array() },
    ];
    for (const array of arrays) expect(parseNpy(encodeNpy(array))).toEqual(array);
  });

  it('refuses a shape that does not fit', () => {
    expect(codeOf(() => encodeNpy({ shape: [3], data: new Float32Array(2) }))).toBe('invalid_file');
  });
});
