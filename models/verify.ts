import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { CheckedFile } from './manifest.ts';
import {
  InputUnavailableError,
  isSpeechError,
  ModelError,
  type SpeechError,
  throwIfAborted,
} from '../core/errors.ts';
import { systemErrorCode } from '../core/system-error-code.ts';
import { fileIdentity, hasVerifiedStamp, writeVerifiedStamp } from './verified-stamps.ts';

/** Small enough that hashing one block does not hold up the event loop (about 1 ms), large enough to be fast. */
const BLOCK_BYTES = 1 << 20;

/**
 * SHA-256 of a file, read in blocks; memory is bounded whatever its size.
 *
 * @returns 64 lower-case hexadecimal digits and the number of bytes read
 * @throws SpeechError `file_not_readable`, `canceled`
 */
export async function hashFile(
  path: string,
  signal?: AbortSignal,
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let bytes = 0;
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    for (;;) {
      throwIfAborted(signal);
      const { bytesRead } = await file.read(block, 0, BLOCK_BYTES);
      if (bytesRead === 0) break;
      hash.update(block.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } catch (error) {
    if (isSpeechError(error)) throw error;
    const reason = systemErrorCode(error) ?? 'unknown reason';
    throw new InputUnavailableError(
      'file_not_readable',
      `The model file ${path} cannot be read (${reason}). Check that it is a file that this user may read.`,
      { cause: error },
    );
  } finally {
    await file?.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

export type ModelCheckOptions = {
  /** What messages call the model. */
  readonly modelId: string;
  /** What the user can do about a damaged file; a sentence. */
  readonly remedy: string;
  /** Folder of the notes on verified files; without it every call hashes. */
  readonly stampFolder?: string | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Checks a file against its entry in the manifest. A file with a valid note (`verified-stamps.ts`) is not read again.
 *
 * @throws SpeechError `model_checksum_mismatch` with file, expected, received and what to do; `file_not_readable`
 */
export async function verifyModelFile(
  path: string,
  file: CheckedFile,
  options: ModelCheckOptions,
): Promise<void> {
  const { stampFolder, signal, modelId, remedy } = options;
  if (stampFolder !== undefined && (await hasVerifiedStamp(stampFolder, path, file.sha256))) return;
  const identity = await fileIdentity(path);
  const { sha256, bytes } = await hashFile(path, signal);
  if (sha256 !== file.sha256)
    throw checksumMismatch({ modelId, file, where: `at ${path}`, sha256, bytes, remedy });
  if (stampFolder !== undefined) await writeVerifiedStamp(stampFolder, path, sha256, identity);
}

/** The error for a file with other contents than the manifest says. */
export function checksumMismatch(facts: {
  modelId: string;
  file: CheckedFile;
  /** "at PATH" or "from URL". */
  where: string;
  sha256: string;
  bytes: number;
  remedy: string;
}): SpeechError {
  const { modelId, file, where, sha256, bytes, remedy } = facts;
  const size =
    file.bytes !== undefined && file.bytes !== bytes
      ? ` (${file.bytes} bytes expected, ${bytes} received)`
      : '';
  return new ModelError(
    'model_checksum_mismatch',
    `The file ${file.name} of the model ${modelId} is not the one that the manifest names: SHA-256 ${file.sha256} expected, ` +
      `${sha256} received${size}, ${where}. It was not used. ${remedy}`,
    { details: { model: modelId, file: file.name, expected: file.sha256, received: sha256, bytes } },
  );
}
