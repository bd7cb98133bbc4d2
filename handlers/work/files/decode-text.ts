import { InvalidInputError } from '../../../core/errors.ts';

/**
 * Text of bytes: UTF-8, or UTF-16, as Praat and editors on Windows write it, with or without byte order mark.
 *
 * @throws InvalidInputError `invalid_file` with the line of the first byte that is not UTF-8
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = utf16Of(bytes);
  if (encoding !== undefined) return new TextDecoder(encoding).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const line = lineOfBadByte(bytes);
    throw new InvalidInputError(
      'invalid_file',
      `Line ${line} is not UTF-8. If the file is in Windows-1252 or Latin-1, convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE.`,
      { details: { line }, cause },
    );
  }
}

/** As many bytes tell UTF-16 by its zeros. */
const SAMPLE_BYTES = 1024;

/** Text in Latin letters, figures and spaces has a zero in at least every second pair; no UTF-8 has any. */
const MIN_ZERO_SHARE = 0.25;

function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const zeros = [0, 0];
  sample.forEach((byte, i) => (byte === 0 ? zeros[i % 2]!++ : undefined));
  const [even, odd] = zeros as [number, number];
  if (Math.max(even, odd) < MIN_ZERO_SHARE * sample.length || bytes.length % 2 === 1) return undefined;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

/** The first line with bytes that are no UTF-8, from 1. */
function lineOfBadByte(bytes: Uint8Array): number {
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  const isBad = (line: string): boolean => {
    const own = Buffer.from(line, 'latin1');
    return !own.equals(Buffer.from(own.toString('utf8'), 'utf8'));
  };
  return lines.findIndex(isBad) + 1;
}
