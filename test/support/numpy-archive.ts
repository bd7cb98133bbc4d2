import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

/**
 * Archives of NumPy that hold what `core/array-files` rightly refuses: texts and half-precision numbers. Files of our
 * own, so nothing is checked.
 */
export type LooseArray = {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  readonly text: string;
};

export function readNumpyArchive(path: string): ReadonlyMap<string, LooseArray> {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const arrays = new Map<string, LooseArray>();
  let entry = bytes.readUInt32LE(end + 16);
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count--) {
    const nameLength = bytes.readUInt16LE(entry + 28);
    const name = bytes.toString('utf8', entry + 46, entry + 46 + nameLength).replace(/\.npy$/, '');
    const local = bytes.readUInt32LE(entry + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(start, start + bytes.readUInt32LE(entry + 20));
    arrays.set(name, arrayOf(bytes.readUInt16LE(entry + 10) === 0 ? packed : inflateRawSync(packed)));
    entry += 46 + nameLength + bytes.readUInt16LE(entry + 30) + bytes.readUInt16LE(entry + 32);
  }
  return arrays;
}

function arrayOf(bytes: Buffer): LooseArray {
  const headerEnd = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, headerEnd);
  const type = /'descr': '[<|]([a-zA-Z])(\d+)'/.exec(header)!;
  const shape = [.../'shape': \(([^)]*)\)/.exec(header)![1]!.matchAll(/\d+/g)].map(([digits]) =>
    Number(digits),
  );
  const count = shape.reduce((product, extent) => product * extent, 1);
  const body = bytes.subarray(headerEnd);
  const kind = `${type[1]!}${type[2]!}`;
  if (type[1] === 'U') return { shape, data: new Float64Array(0), text: utf32(body) };
  return {
    shape,
    data: Float64Array.from({ length: count }, (_, index) => element(body, kind, index)),
    text: '',
  };
}

function utf32(body: Buffer): string {
  let text = '';
  for (let at = 0; at < body.length; at += 4) {
    const point = body.readUInt32LE(at);
    if (point !== 0) text += String.fromCodePoint(point);
  }
  return text;
}

function element(body: Buffer, kind: string, index: number): number {
  switch (kind) {
    case 'f8':
      return body.readDoubleLE(8 * index);
    case 'f4':
      return body.readFloatLE(4 * index);
    case 'f2':
      return halfOf(body.readUInt16LE(2 * index));
    case 'i8':
      return Number(body.readBigInt64LE(8 * index));
    case 'i4':
      return body.readInt32LE(4 * index);
    case 'i2':
      return body.readInt16LE(2 * index);
    case 'u1':
    case 'b1':
      return body.readUInt8(index);
    default:
      throw new Error(`Unknown kind of elements: ${kind}`);
  }
}

function halfOf(word: number): number {
  const exponent = (word >> 10) & 31;
  const fraction = word & 1023;
  const size =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction === 0
          ? Infinity
          : NaN
        : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return word & 0x8000 ? -size : size;
}
