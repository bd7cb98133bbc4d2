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
