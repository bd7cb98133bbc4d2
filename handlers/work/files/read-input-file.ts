import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputUnavailableError, InvalidInputError, isSpeechError } from '../../../core/errors.ts';

/**
 * Reads a file that the user names.
 *
 * @throws InputUnavailableError `file_not_found`, `file_not_readable`; InvalidInputError `invalid_file` for a larger one
 */
export async function readInputFile(path: string, maxBytes: number): Promise<Uint8Array> {
  const name = basename(path);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path);
    const { size } = await handle.stat();
    if (size > maxBytes)
      throw new InvalidInputError('invalid_file', `${name} is larger than ${maxBytes} bytes.`);
    return await handle.readFile();
  } catch (cause) {
    if (isSpeechError(cause)) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new InputUnavailableError('file_not_found', `${name} does not exist; check its path.`, { cause });
    const reason = code === 'EISDIR' ? 'is a folder' : 'cannot be read; check its permissions';
    throw new InputUnavailableError('file_not_readable', `${name} ${reason}.`, { cause });
  } finally {
    await handle?.close();
  }
}
