import { open } from 'node:fs/promises';
import { InvalidInputError, throwIfAborted } from '../../../core/errors.ts';
import { appendBytes } from './append-bytes.ts';
import { tooLarge } from './fetch-errors.ts';

/** Characters decoded at a time: small beside the text itself, a multiple of 4. */
const CHUNK_CHARS = 1 << 20;
/** A data URI says its type in a few words. */
const MAX_PREFIX_CHARS = 256;
const NOT_BASE64 = /[^A-Za-z0-9+/_-]/;

function invalid(problem: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    `Expected audio as base64; ${problem}. Encode the file itself once.`,
    {
      details: { field: 'audio.base64' },
    },
  );
}

/** Index of the first character of the data, after `data:audio/wav;base64,` where there is such a prefix. */
function dataStart(text: string): number {
  if (!/^\s*data:/i.test(text.slice(0, MAX_PREFIX_CHARS))) return 0;
  const comma = text.slice(0, MAX_PREFIX_CHARS).indexOf(',');
  if (comma < 0 || !/;\s*base64\s*$/i.test(text.slice(0, comma))) {
    throw invalid('the data URI does not say ;base64 before its comma');
  }
  return comma + 1;
}

/**
 * Decodes base64 into a new file, a piece at a time: standard and URL-safe alphabet, whitespace, padding or none,
 * with or without a data URI prefix.
 *
 * @returns bytes written
 * @throws InvalidInputError `invalid_option` for anything that is not base64 (never its text), `audio_too_large`
 */
export async function writeBase64(
  path: string,
  text: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<number> {
  const start = dataStart(text);
  const file = await open(path, 'wx', 0o600);
  try {
    let writtenBytes = 0;
    let carry = '';
    let padding = 0;
    for (let at = start; at < text.length; at += CHUNK_CHARS) {
      throwIfAborted(signal);
      const chunk = text.slice(at, at + CHUNK_CHARS).replace(/\s+/g, '');
      const data = chunk.replace(/=+$/, '');
      if (padding > 0 && data !== '') throw invalid('there is more after the padding');
      padding += chunk.length - data.length;
      if (NOT_BASE64.test(data)) throw invalid('it holds a character of another alphabet');
      const ready = carry + data;
      const whole = ready.length - (ready.length % 4);
      carry = ready.slice(whole);
      writtenBytes += await append(ready.slice(0, whole));
    }
    if (carry.length === 1 || padding > 2) throw invalid('it is cut off');
    writtenBytes += await append(carry);
    if (writtenBytes === 0) throw invalid('it is empty');
    return writtenBytes;

    async function append(quads: string): Promise<number> {
      const bytes = Buffer.from(quads, 'base64');
      if (writtenBytes + bytes.length > maxBytes) throw tooLarge(maxBytes);
      await appendBytes(file, bytes, writtenBytes);
      return bytes.length;
    }
  } finally {
    await file.close();
  }
}
