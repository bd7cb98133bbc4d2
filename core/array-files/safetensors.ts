/**
 * The safetensors format: a JSON header with names, types, shapes and places, then the bytes.
 *
 * @see https://huggingface.co/docs/safetensors, "Format"
 */
import { InvalidInputError } from '../errors.ts';
import { NumericArray } from './plain-values.ts';

/** The reference implementation accepts 100 MB; names of voices need less. */
const MAX_HEADER_BYTES = 16 * 2 ** 20;
const MAX_DIMENSIONS = 8;
const ELEMENT_BYTES: Readonly<Record<string, 4 | 8>> = { F32: 4, F64: 8 };

/** Reads the tensors of a file by name; `__metadata__` is left out. */
export function parseSafetensors(bytes: Uint8Array): Map<string, NumericArray> {
  const { header, dataOffset } = readHeader(bytes);
  const data = bytes.subarray(dataOffset);
  const tensors = new Map<string, NumericArray>();
  let covered = 0;
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  // The bytes must be used once and completely, as the format demands: nothing hides between tensors.
  const placed = entries
    .map(([name, entry]) => ({ name, ...placeOf(entry) }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  for (const { name, elementBytes, shape, start, end } of placed) {
    if (start !== covered || end > data.length) throw invalid('its tensors do not follow each other');
    covered = end;
    tensors.set(name, new NumericArray(shape, elementsOf(data, start, end, elementBytes)));
  }
  if (covered !== data.length) throw invalid('it has bytes that belong to no tensor');
  return tensors;
}

/** Writes float32 tensors with a table of texts about them. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let offset = 0;
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const start = offset;
    offset += data.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [start, offset] }] as const;
  });
  const json = JSON.stringify(Object.fromEntries([['__metadata__', metadata] as const, ...entries]));
  const header = new TextEncoder().encode(json);
  // Spaces align the data to 8 bytes.
  const headerBytes = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + offset);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(header, 8);
  bytes.fill(0x20, 8 + header.length, 8 + headerBytes);
  let place = 8 + headerBytes;
  for (const { data } of tensors.values()) {
    for (let index = 0; index < data.length; index++, place += 4) view.setFloat32(place, data[index]!, true);
  }
  return bytes;
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataOffset: number } {
  if (bytes.length < 8) throw invalid('it is cut off');
  const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES || 8 + headerBytes > bytes.length)
    throw invalid('its header is cut off or too large');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + headerBytes));
    const header = JSON.parse(text) as unknown;
    if (typeof header !== 'object' || header === null || Array.isArray(header))
      throw new TypeError('no object');
    return { header: header as Record<string, unknown>, dataOffset: 8 + headerBytes };
  } catch (cause) {
    throw invalid('its header is no JSON object', cause);
  }
}

type Place = {
  readonly elementBytes: 4 | 8;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
};

function placeOf(entry: unknown): Place {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const elementBytes =
    typeof dtype === 'string' && Object.hasOwn(ELEMENT_BYTES, dtype) ? ELEMENT_BYTES[dtype] : undefined;
  if (elementBytes === undefined) throw invalid('its elements are not F32 or F64');
  if (
    !isListOfCounts(shape) ||
    shape.length > MAX_DIMENSIONS ||
    !isListOfCounts(offsets) ||
    offsets.length !== 2
  )
    throw invalid('a tensor has no proper shape and place');
  const [start, end] = offsets as [number, number];
  if (shape.reduce((product, extent) => product * extent, elementBytes) !== end - start)
    throw invalid('the shape of a tensor does not fit its place');
  return { elementBytes, shape, start, end };
}

function isListOfCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

function elementsOf(data: Uint8Array, start: number, end: number, elementBytes: 4 | 8): Float64Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = new Float64Array((end - start) / elementBytes);
  for (let index = 0; index < values.length; index++) {
    const place = start + index * elementBytes;
    values[index] = elementBytes === 4 ? view.getFloat32(place, true) : view.getFloat64(place, true);
  }
  return values;
}

function invalid(what: string, cause?: unknown): InvalidInputError {
  return new InvalidInputError(
    'invalid_file',
    `The safetensors file cannot be read: ${what}. Expected tensors of F32 or F64.`,
    {
      cause,
    },
  );
}
