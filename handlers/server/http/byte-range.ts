/** A part of a file: both ends are in it. */
export type ByteRange = { readonly first: number; readonly last: number };

/**
 * The part that a `Range` header asks for.
 *
 * @returns `whole` without a header and for what we do not serve in parts (several ranges, other units), `unsatisfiable`
 * for a part that the file does not have
 * @see RFC 9110, section 14
 */
export function byteRangeOf(header: string | null, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return 'whole';
  const [first, last] = [match[1]!, match[2]!];
  if (first === '') {
    const count = Math.min(Number(last), size);
    return count === 0 ? 'unsatisfiable' : { first: size - count, last: size - 1 };
  }
  const range = { first: Number(first), last: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
  if (range.first >= size) return 'unsatisfiable';
  return range.first > range.last ? 'whole' : range;
}
