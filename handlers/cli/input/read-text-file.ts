import { readFile } from 'node:fs/promises';

/**
 * The text of a file: UTF-8, or UTF-16 where its byte order mark says so, as Praat and editors on Windows write it.
 *
 * @throws what `readFile` throws
 */
export async function readTextFile(path: string): Promise<string> {
  return decodeText(await readFile(path));
}

/** The same for bytes. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder().decode(bytes);
}
