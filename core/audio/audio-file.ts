import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { InputUnavailableError, InvalidInputError } from '../errors.ts';
import { fileUnavailable } from '../file-unavailable.ts';

/** Bytes of one read: large enough that system calls do not count, small enough to be nothing. */
const READ_BYTES = 256 * 1024;

/** A regular file, open for reading. */
export type AudioFile = { readonly handle: FileHandle; readonly sizeBytes: number };

/**
 * Opens a recording.
 *
 * @param name what messages call it; the path itself never appears in one
 * @throws InputUnavailableError `file_not_found` or `file_not_readable` (no permission, folder, device, pipe)
 * @throws InvalidInputError `unsupported_audio` for an empty file
 */
export async function openAudioFile(path: string, name: string): Promise<AudioFile> {
  const handle = await openForReading(path, name);
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw notReadable(name, 'is a folder; give one of its files');
    if (!stat.isFile())
      throw notReadable(name, 'is no regular file; send its content through standard input');
    if (stat.size === 0)
      throw new InvalidInputError('unsupported_audio', `${name} is empty; expected a recording.`);
    return { handle, sizeBytes: stat.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The content from its start. All chunks share one buffer: each is valid until the next is pulled. */
export async function* fileChunks(handle: FileHandle, name: string): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(READ_BYTES);
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, position).catch((error: unknown) => {
      throw notReadable(name, 'could not be read to its end', error);
    });
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function openForReading(path: string, name: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK, opening a named pipe waits for its writer, for ever if need be.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw fileUnavailable(name, error);
  }
}

function notReadable(name: string, reason: string, cause?: unknown): InputUnavailableError {
  return new InputUnavailableError(
    'file_not_readable',
    `${name} ${reason}.`,
    cause === undefined ? {} : { cause },
  );
}
