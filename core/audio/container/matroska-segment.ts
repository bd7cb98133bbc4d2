import type { FileHandle } from 'node:fs/promises';
import { readAt } from './file-ends.ts';

/** More than enough for the header in front of the segment. */
const HEAD_BYTES = 256;

const MAX_PARTS = 1_000;

/**
 * Where a Matroska or WebM file ends, as its Segment says.
 *
 * @param head the first bytes of the file
 * @returns bytes of the whole file; `undefined` for one whose writer did not know (live recordings)
 * @see RFC 8794 (EBML), RFC 9559 (Matroska)
 */
export function matroskaBytes(head: Uint8Array): number | undefined {
  const header = readElement(head, 0, 0x1a45dfa3);
  if (header?.bodyBytes === undefined) return undefined;
  const segment = readElement(head, header.bodyOffset + header.bodyBytes, 0x18538067);
  return segment?.bodyBytes === undefined ? undefined : segment.bodyOffset + segment.bodyBytes;
}

/** Files that were joined byte by byte: so many are there. */
export async function countMatroskaParts(handle: FileHandle, sizeBytes: number): Promise<number> {
  let parts = 0;
  for (let position = 0; position < sizeBytes && parts < MAX_PARTS; parts++) {
    const partBytes = matroskaBytes(await readAt(handle, position, HEAD_BYTES));
    if (partBytes === undefined) return position === 0 ? 1 : parts;
    position += partBytes;
  }
  return parts;
}

/** An element with an identifier of four bytes. */
function readElement(
  bytes: Uint8Array,
  offset: number,
  id: number,
): { readonly bodyOffset: number; readonly bodyBytes: number | undefined } | undefined {
  if (offset + 5 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(offset) !== id) return undefined;
  const first = bytes[offset + 4]!;
  // The number of leading zeros says how many bytes follow; all ones mean "not known".
  const length = Math.clz32(first) - 23;
  if (length > 8 || offset + 4 + length > bytes.length) return undefined;
  let value = first & (0xff >> length);
  let isUnknown = value === 0xff >> length;
  for (const byte of bytes.subarray(offset + 5, offset + 4 + length)) {
    value = value * 256 + byte;
    isUnknown &&= byte === 0xff;
  }
  return { bodyOffset: offset + 4 + length, bodyBytes: isUnknown ? undefined : value };
}
