/**
 * NumPy's `.npz` archives: a zip of `.npy` arrays, stored or deflated, read without trusting any size in it.
 *
 * @see APPNOTE.TXT, .ZIP File Format Specification, sections 4.3.12 (central directory) and 4.3.16 (its end)
 */
import { crc32, inflateRawSync } from 'node:zlib';
import { InvalidInputError } from '../errors.ts';
import { parseNpy, type NpyArray } from './npy.ts';

/** Bounds on what an archive may hold. */
export type NpzLimits = { readonly maxEntries: number; readonly maxInflatedBytes: number };

/** What of an archive is read, and its bounds. */
export type NpzOptions = NpzLimits & {
  /** Only these arrays; others may be of kinds that cannot be read, as text. Absent: all. */
  readonly names?: readonly string[];
};

/** Far above any table that ships with a model and any list of voices, far below what would hurt a worker. */
export const DEFAULT_NPZ_LIMITS: NpzLimits = Object.freeze({
  maxEntries: 4096,
  maxInflatedBytes: 128 * 2 ** 20,
});

/** No deflated stream makes more than this of one byte: 258 of every two bits. */
const MAX_DEFLATE_RATIO = 1032;

type Entry = {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly inflatedBytes: number;
  readonly headerOffset: number;
};

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT_BYTES = 0xffff;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED_FLAG = 1;

function invalid(what: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_file',
    `The .npz archive cannot be read: ${what}. Expected a file of numpy.savez or numpy.savez_compressed.`,
  );
}

/**
 * Reads all arrays of an archive, by name without `.npy`.
 *
 * A checksum of zero counts as absent: some writers leave it out.
 *
 * @throws InvalidInputError `invalid_file` for anything that is not a plain zip of readable arrays within the limits
 */
export function parseNpz(bytes: Uint8Array, options: Partial<NpzOptions> = {}): Record<string, NpyArray> {
  const { names, ...limits } = { ...DEFAULT_NPZ_LIMITS, ...options };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = readDirectory(view, bytes, limits).map((entry) => ({
    entry,
    name: entry.name.replace(/\.npy$/, ''),
  }));
  const arrays: [string, NpyArray][] = entries
    .filter(({ name }) => names === undefined || names.includes(name))
    .map(({ name, entry }) => [name, parseNpy(readEntry(view, bytes, entry))]);
  // No prototype: an array may be called anything.
  return Object.assign(Object.create(null) as Record<string, NpyArray>, Object.fromEntries(arrays));
}

function readDirectory(view: DataView, bytes: Uint8Array, limits: NpzLimits): Entry[] {
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  if (count > limits.maxEntries)
    throw invalid(`it has ${count} entries, at most ${limits.maxEntries} are accepted`);
  const entries: Entry[] = [];
  let offset = view.getUint32(end + 16, true);
  let inflatedBytes = 0;
  // What is left to be read of the file: entries that lie over one another would use it more than once.
  let leftBytes = bytes.length;
  for (let index = 0; index < count; index++) {
    if (offset + ENTRY_BYTES > end || view.getUint32(offset, true) !== ENTRY_SIGNATURE) {
      throw invalid('its directory is damaged');
    }
    if (view.getUint16(offset + 8, true) & ENCRYPTED_FLAG) throw invalid('it is encrypted');
    const nameBytes = view.getUint16(offset + 28, true);
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(offset + ENTRY_BYTES, offset + ENTRY_BYTES + nameBytes)),
      method: view.getUint16(offset + 10, true),
      crc: view.getUint32(offset + 16, true),
      packedBytes: view.getUint32(offset + 20, true),
      inflatedBytes: view.getUint32(offset + 24, true),
      headerOffset: view.getUint32(offset + 42, true),
    });
    const entry = entries.at(-1)!;
    leftBytes -= entry.packedBytes;
    if (leftBytes < 0) throw invalid('its entries lie over one another');
    if (entry.inflatedBytes > entry.packedBytes * MAX_DEFLATE_RATIO) {
      throw invalid('an entry claims more than its bytes can hold');
    }
    inflatedBytes += entry.inflatedBytes;
    if (inflatedBytes > limits.maxInflatedBytes) {
      throw invalid(`its arrays claim more than ${limits.maxInflatedBytes} bytes`);
    }
    offset += ENTRY_BYTES + nameBytes + view.getUint16(offset + 30, true) + view.getUint16(offset + 32, true);
  }
  return entries;
}

/** The end record is the last thing in the file but for a comment of at most 64 KiB. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let offset = last; offset >= Math.max(0, last - MAX_COMMENT_BYTES); offset--) {
    if (view.getUint32(offset, true) === END_SIGNATURE) return offset;
  }
  throw invalid('it is no zip file, or its end is missing');
}

function readEntry(view: DataView, bytes: Uint8Array, entry: Entry): Uint8Array {
  const { headerOffset } = entry;
  if (headerOffset + LOCAL_BYTES > bytes.length || view.getUint32(headerOffset, true) !== LOCAL_SIGNATURE) {
    throw invalid('an entry is not where the directory says');
  }
  // Sizes come from the directory: local headers of streamed archives hold none.
  const start =
    headerOffset +
    LOCAL_BYTES +
    view.getUint16(headerOffset + 26, true) +
    view.getUint16(headerOffset + 28, true);
  if (start + entry.packedBytes > bytes.length) throw invalid('an entry is cut off');
  const content = unpack(bytes.subarray(start, start + entry.packedBytes), entry);
  if (content.length !== entry.inflatedBytes)
    throw invalid('an entry has another size than the directory says');
  if (entry.crc !== 0 && crc32(content) !== entry.crc) throw invalid('the checksum of an entry is wrong');
  return content;
}

function unpack(packed: Uint8Array, entry: Entry): Uint8Array {
  if (entry.method === STORED) return packed;
  if (entry.method !== DEFLATED) throw invalid(`compression method ${entry.method} is not accepted`);
  try {
    // zlib stops at the claimed size, so a bomb costs no more than it claims, which is bounded. One chunk of that size:
    // many small ones would be joined, and be there twice.
    const wholeBytes = Math.max(64, entry.inflatedBytes);
    return inflateRawSync(packed, { maxOutputLength: wholeBytes, chunkSize: wholeBytes });
  } catch (cause) {
    throw new InvalidInputError(
      'invalid_file',
      'The .npz archive cannot be read: an entry does not inflate.',
      { cause },
    );
  }
}
