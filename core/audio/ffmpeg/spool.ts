import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError, isSpeechError, OutputError } from '../../errors.ts';

/**
 * Copies a stream to a temporary file, for formats that need seeking.
 *
 * The file loses its name as soon as it is open (and its folder, which only we may enter, goes with it): the
 * content lives exactly as long as the handle, so nothing stays behind even when this process is killed.
 *
 * @throws InvalidInputError `audio_too_large` above `maxBytes`
 * @throws OutputError `output_not_writable` when the folder is not writable or the disk is full
 */
export async function spool(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly name: string; readonly maxBytes: number; readonly temporaryFolder: string },
): Promise<{ readonly handle: FileHandle; readonly sizeBytes: number }> {
  const handle = await openNameless(options.temporaryFolder).catch((error: unknown) => {
    throw notWritable(error);
  });
  try {
    let sizeBytes = 0;
    for await (const chunk of chunks) {
      sizeBytes += chunk.length;
      if (sizeBytes > options.maxBytes) throw tooLarge(options.name, options.maxBytes);
      await writeAll(handle, chunk);
    }
    return { handle, sizeBytes };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openNameless(parent: string): Promise<FileHandle> {
  const folder = await mkdtemp(join(parent, 'colloquy-'));
  try {
    return await open(join(folder, 'audio'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, offset).catch((error: unknown) => {
      throw notWritable(error);
    });
    offset += bytesWritten;
  }
}

function notWritable(error: unknown): unknown {
  if (isSpeechError(error)) return error;
  const message = 'The folder for temporary files is full or not writable; free it, or name another one.';
  return new OutputError('output_not_writable', message, { cause: error });
}

function tooLarge(name: string, maxBytes: number): InvalidInputError {
  const advice = 'give it as a file, or raise maxSpoolBytes';
  return new InvalidInputError(
    'audio_too_large',
    `${name} is larger than the limit of ${maxBytes} bytes; ${advice}.`,
    {
      details: { maxBytes },
    },
  );
}
