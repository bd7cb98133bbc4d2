import { statfs } from 'node:fs/promises';
import { CapacityError, OutputError, type SpeechError } from '../../../core/errors.ts';
import { systemErrorCode } from '../../../core/system-error-code.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';

/** Kept free for what running jobs write. */
export const LEAST_FREE_BYTES = 2 ** 29;

/** Somebody has to make room, or a sweep. */
const RETRY_SECONDS = 60;

/** Bytes that may still be written where the folder lies; `Infinity` where the system does not say. */
export async function freeBytes(folder: string): Promise<number> {
  return statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Infinity,
  );
}

/**
 * Refuses a body that would fill the disk, before it is read.
 *
 * @param bytes that it says to have; it is written, and copied once where the job decodes it
 * @throws CapacityError `overloaded`
 */
export async function requireDisk(folder: string, bytes: number, free = freeBytes): Promise<void> {
  if ((await free(folder)) >= LEAST_FREE_BYTES + 2 * bytes) return;
  throw new CapacityError('overloaded', 'The disk of the server is nearly full. Try again later.', {
    details: { reason: 'disk_full', retryAfterSeconds: RETRY_SECONDS },
  });
}

/** A failure as who asked the server may know it: a disk that is full by now is no fault of the request, and passes. */
export function serverFailure(error: unknown): SpeechError {
  const code = systemErrorCode(error instanceof OutputError ? error.cause : error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return toSpeechError(error);
  return new CapacityError('overloaded', 'The disk of the server is full. Try again later.', {
    details: { reason: 'disk_full', retryAfterSeconds: RETRY_SECONDS },
    cause: error,
  });
}
