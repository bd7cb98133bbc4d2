import type { FileHandle } from 'node:fs/promises';
import { CapacityError } from '../../../core/errors.ts';
import { systemErrorCode } from '../../../core/system-error-code.ts';

/** The disk of the worker is the worker's trouble: the same job may find room later, or elsewhere. */
export function diskError(cause: unknown): CapacityError {
  const reason = systemErrorCode(cause) ?? 'unknown reason';
  return new CapacityError(
    'overloaded',
    `The worker cannot store the audio on its disk (${reason}). Try again later.`,
    {
      details: { reason },
      cause,
    },
  );
}

/**
 * Writes all of the bytes at a place in a file.
 *
 * @throws CapacityError `overloaded` when the disk is full or broken
 */
export async function appendBytes(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  try {
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
      written += bytesWritten;
    }
  } catch (error) {
    throw diskError(error);
  }
}
