/** How an Ogg file ends: as it should, in the middle of a page, or without the mark that its writer puts last. */
export type OggEnd = 'whole' | 'in-page' | 'unmarked';

const PAGE_HEADER_BYTES = 27;
const END_OF_STREAM = 4;

/**
 * Looks at the last page.
 *
 * @param tail the last bytes of the file, at least as many as the longest page has (65,307)
 * @see RFC 3533
 */
export function findOggEnd(tail: Uint8Array): OggEnd {
  for (let at = tail.length - 4; at >= 0; at--) {
    const page = readPage(tail, at);
    if (page === undefined) continue;
    if (page.end > tail.length) return 'in-page';
    return page.isLast ? 'whole' : 'unmarked';
  }
  return 'in-page';
}

function readPage(
  bytes: Uint8Array,
  offset: number,
): { readonly end: number; readonly isLast: boolean } | undefined {
  if (String.fromCharCode(...bytes.subarray(offset, offset + 4)) !== 'OggS') return undefined;
  const segmentCount = bytes[offset + PAGE_HEADER_BYTES - 1];
  if (segmentCount === undefined) return { end: Infinity, isLast: false };
  const start = offset + PAGE_HEADER_BYTES + segmentCount;
  let end = start;
  for (const size of bytes.subarray(offset + PAGE_HEADER_BYTES, start)) end += size;
  return {
    end: start > bytes.length ? Infinity : end,
    isLast: (bytes[offset + 5]! & END_OF_STREAM) !== 0,
  };
}
