import { statfs } from 'node:fs/promises';
import { CapacityError } from '../../../core/errors.ts';

/** Kept free for what running jobs write. */
export const LEAST_FREE_BYTES = 2 ** 29;

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
    details: { reason: 'disk_full', retryAfterSeconds: 60 },
  });
}
