import type { FileHandle } from 'node:fs/promises';
import { readAt } from './file-ends.ts';

export type Mp4Layout = {
  /** The last box reaches beyond the end of the file. */
  readonly isCutOff: boolean;
  /** Another file begins inside, which no player reads. */
  readonly isFollowed: boolean;
};

/** More boxes than a day of fragments of a second has. */
const MAX_BOXES = 200_000;

/**
 * Walks over the outermost boxes.
 *
 * @see ISO/IEC 14496-12, 4.2: size (0 to the end, 1 in 64 bits behind), type
 */
export async function readMp4Layout(handle: FileHandle, sizeBytes: number): Promise<Mp4Layout> {
  let indexes = 0;
  let isFollowed = false;
  let position = 0;
  for (let boxes = 0; boxes < MAX_BOXES && position < sizeBytes; boxes++) {
    const head = await readAt(handle, position, 16);
    if (head.length < 8) return { isCutOff: true, isFollowed };
    const box = readBoxHead(head, sizeBytes - position);
    // Bytes that are no box: whatever was appended is not of this file.
    if (box === undefined) break;
    if (box.type === 'moov') indexes++;
    if (indexes > 1 || (box.type === 'ftyp' && indexes > 0)) isFollowed = true;
    position += box.sizeBytes;
  }
  return { isCutOff: position > sizeBytes, isFollowed };
}

function readBoxHead(
  head: Uint8Array,
  leftBytes: number,
): { readonly type: string; readonly sizeBytes: number } | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const type = String.fromCharCode(...head.subarray(4, 8));
  const size = view.getUint32(0);
  if (!/^[ -~\xa9]{4}$/.test(type)) return undefined;
  if (size === 0) return { type, sizeBytes: leftBytes };
  if (size >= 8) return { type, sizeBytes: size };
  if (size !== 1 || head.length < 16) return undefined;
  const long = Number(view.getBigUint64(8));
  return long >= 16 ? { type, sizeBytes: long } : undefined;
}
