/**
 * NumPy's `.npy` array files, read and written without trusting them.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { InvalidInputError } from '../errors.ts';

const ELEMENT_TYPES = {
  '|b1': Uint8Array,
  '|u1': Uint8Array,
  '|i1': Int8Array,
  '<u2': Uint16Array,
  '<i2': Int16Array,
  '<u4': Uint32Array,
  '<i4': Int32Array,
  '<u8': BigUint64Array,
  '<i8': BigInt64Array,
  '<f4': Float32Array,
  '<f8': Float64Array,
} as const;

type ElementType = keyof typeof ELEMENT_TYPES;

/** Elements of an array; booleans arrive as bytes 0 and 1, 64-bit integers as bigint. */
export type NpyData = InstanceType<(typeof ELEMENT_TYPES)[ElementType]>;

/** A dense row-major array; `shape` multiplies to `data.length` and is `[]` for a scalar. */
export type NpyArray = { readonly shape: readonly number[]; readonly data: NpyData };

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy itself refuses longer headers by default (`max_header_size` is 10,000). */
const MAX_HEADER_BYTES = 10_000;
const MAX_DIMENSIONS = 32;
/** Bounds the loops of callers, also where another dimension is zero. */
const MAX_EXTENT = 2 ** 31 - 1;

function invalid(what: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_file',
    `The .npy array cannot be read: ${what}. Expected a little-endian C-order array of numbers (numpy.save).`,
  );
}

/**
 * Reads one array.
 *
 * The elements are copied, so the result is aligned and independent of `bytes`. The claimed size has to fit the bytes
 * exactly, and is checked before anything is allocated.
 *
 * @throws InvalidInputError `invalid_file` for a bad magic, version or header, object, structured, text, complex, half
 * or big-endian elements, Fortran order, and for missing or surplus bytes
 */
export function parseNpy(bytes: Uint8Array): NpyArray {
  const { header, dataOffset } = readHeader(bytes);
  const elementType = elementTypeOf(header);
  const shape = shapeOf(header);
  if (isFortranOrder(header) && shape.length > 1) throw invalid('its elements are in Fortran order');
  const Elements = ELEMENT_TYPES[elementType];
  const claimedBytes = shape.reduce((product, extent) => product * extent, Elements.BYTES_PER_ELEMENT);
  const presentBytes = bytes.length - dataOffset;
  if (claimedBytes !== presentBytes) {
    throw invalid(`shape (${shape.join(', ')}) needs ${claimedBytes} bytes and ${presentBytes} are there`);
  }
  // A copy has a buffer of its own, aligned for every element type (`slice` would not copy a Node Buffer).
  return { shape, data: new Elements(new Uint8Array(bytes.subarray(dataOffset)).buffer) };
}

/**
 * Writes an array as version 1.0, as `numpy.save` does.
 *
 * @throws InvalidInputError `invalid_file` when `shape` does not multiply to the number of elements
 */
export function encodeNpy(array: NpyArray): Uint8Array {
  const { shape, data } = array;
  if (shape.reduce((product, extent) => product * extent, 1) !== data.length) {
    throw invalid(`shape (${shape.join(', ')}) does not hold ${data.length} elements`);
  }
  const elementType = (Object.keys(ELEMENT_TYPES) as ElementType[]).findLast(
    (type) => data instanceof ELEMENT_TYPES[type],
  )!;
  const tuple = shape.length === 1 ? `${shape[0]!},` : shape.join(', ');
  const header = `{'descr': '${elementType}', 'fortran_order': False, 'shape': (${tuple}), }`;
  // Data starts at a multiple of 64 bytes; the padding ends with a newline.
  const dataOffset = Math.ceil((10 + header.length + 1) / 64) * 64;
  const bytes = new Uint8Array(dataOffset + data.byteLength);
  bytes.set(MAGIC);
  bytes.set([1, 0, (dataOffset - 10) & 0xff, (dataOffset - 10) >> 8], 6);
  bytes.set(new TextEncoder().encode(header.padEnd(dataOffset - 11) + '\n'), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), dataOffset);
  return bytes;
}

function readHeader(bytes: Uint8Array): { header: string; dataOffset: number } {
  if (bytes.length < 12 || MAGIC.some((byte, index) => bytes[index] !== byte))
    throw invalid('it has no NUMPY magic');
  const major = bytes[6]!;
  if (major < 1 || major > 3) throw invalid(`its format version is ${major}, known are 1 to 3`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerOffset = major === 1 ? 10 : 12;
  const headerBytes = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (headerBytes > MAX_HEADER_BYTES) throw invalid(`its header claims ${headerBytes} bytes`);
  if (headerOffset + headerBytes > bytes.length) throw invalid('its header is cut off');
  const dataOffset = headerOffset + headerBytes;
  const header = new TextDecoder('latin1').decode(bytes.subarray(headerOffset, dataOffset)).trim();
  if (!header.startsWith('{') || !header.endsWith('}')) throw invalid('its header is no dictionary');
  return { header, dataOffset };
}

function elementTypeOf(header: string): ElementType {
  const descr = /'descr' *: *'([^']{0,16})'/.exec(header)?.[1];
  if (descr === undefined) throw invalid('its elements are structured or of no stated type');
  if (!Object.hasOwn(ELEMENT_TYPES, descr))
    throw invalid(`elements of type "${printable(descr)}" are not accepted`);
  return descr as ElementType;
}

function isFortranOrder(header: string): boolean {
  const flag = /'fortran_order' *: *(True|False)/.exec(header)?.[1];
  if (flag === undefined) throw invalid('its header states no element order');
  return flag === 'True';
}

function shapeOf(header: string): number[] {
  const inner = /'shape' *: *\(([\d, ]{0,1000})\)/.exec(header)?.[1];
  if (inner === undefined) throw invalid('its header states no shape');
  const parts = inner.split(',').map((part) => part.trim());
  // A tuple of one has a trailing comma, the empty tuple a single empty part.
  if (parts.at(-1) === '') parts.pop();
  if (parts.length > MAX_DIMENSIONS) throw invalid(`it has ${parts.length} dimensions`);
  return parts.map((part) => {
    const extent = Number(part);
    if (!/^\d+$/.test(part) || extent > MAX_EXTENT)
      throw invalid('its shape is not a tuple of sensible numbers');
    return extent;
  });
}

function printable(text: string): string {
  return text.replaceAll(/[^ -~]/g, '?');
}
