import { InvalidInputError } from '../../../core/errors.ts';

/** What one request may send. */
export type UploadLimits = {
  /** @default 2 GiB */
  readonly maxFileBytes: number;
  /** A text field; references of speakers are data URLs. @default 16 MiB */
  readonly maxFieldBytes: number;
  /** All text fields together: they are held in memory. @default 64 MiB */
  readonly maxFieldsBytes: number;
  /** @default 100 */
  readonly maxFields: number;
  /** @default 8 */
  readonly maxFiles: number;
  /** A body of JSON. @default 64 MiB */
  readonly maxJsonBytes: number;
};

export const DEFAULT_UPLOAD_LIMITS: UploadLimits = Object.freeze({
  maxFileBytes: 2 * 2 ** 30,
  maxFieldBytes: 16 * 2 ** 20,
  maxFieldsBytes: 64 * 2 ** 20,
  maxFields: 100,
  maxFiles: 8,
  maxJsonBytes: 64 * 2 ** 20,
});

/**
 * Refuses a body that says it is larger than a file and all fields may be, before it is read.
 *
 * @throws InvalidInputError `audio_too_large`
 */
export function refuseLength({ headers }: Request, limits: UploadLimits): void {
  const bytes = Number(headers.get('content-length') ?? 0);
  if (bytes <= limits.maxFileBytes + limits.maxFieldsBytes) return;
  throw uploadTooLarge(limits.maxFileBytes);
}

export function uploadTooLarge(maxBytes: number): InvalidInputError {
  return new InvalidInputError(
    'audio_too_large',
    `Expected at most ${maxBytes} bytes. Send a compressed file, or the address of the recording.`,
    { details: { maxBytes, option: 'file' } },
  );
}
