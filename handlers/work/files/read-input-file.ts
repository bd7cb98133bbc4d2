/** Files that the user of this machine names. */
import { open } from 'node:fs/promises';
import { errorOfCode, InvalidInputError, isSpeechError } from '../../../core/errors.ts';
import { fileUnavailable } from '../../../core/file-unavailable.ts';
import { decodeText } from './decode-text.ts';

/** What Node reads at once. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The bytes of a file.
 *
 * @throws InputUnavailableError `file_not_found`, `file_not_readable`; InvalidInputError `invalid_file` for a larger one
 */
export async function readInputFile(path: string, maxBytes = MOST_BYTES): Promise<Uint8Array> {
  return withFileErrors(path, async () => {
    const handle = await open(path);
    try {
      const { size } = await handle.stat();
      if (size > maxBytes) {
        throw new InvalidInputError('invalid_file', `${path} is larger than ${maxBytes} bytes.`, {
          details: { bytes: size, maxBytes },
        });
      }
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  });
}

/**
 * The text of a file, see `decodeText`.
 *
 * @throws as `readInputFile`
 */
export async function readInputText(path: string): Promise<string> {
  return decodeText(await readInputFile(path));
}

/**
 * What a reader makes of the text of a file; its errors name the file.
 *
 * @throws as `readInputFile`, and what `read` throws
 */
export async function parseInputFile<T>(path: string, read: (text: string) => T): Promise<T> {
  const text = await readInputText(path);
  try {
    return read(text);
  } catch (cause) {
    if (!isSpeechError(cause)) throw cause;
    const { code, message, details } = cause;
    throw errorOfCode(code, `${path}: ${message}`, { details, cause });
  }
}

/** Does something with a file or folder that the user names; failing system calls become errors that name it. */
export async function withFileErrors<T>(path: string, access: () => Promise<T>): Promise<T> {
  try {
    return await access();
  } catch (cause) {
    throw isSpeechError(cause) ? cause : fileUnavailable(path, cause);
  }
}
