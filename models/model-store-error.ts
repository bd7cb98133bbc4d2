/**
 * Codes of the model store. They are the strings of the one taxonomy (`core/errors.ts`), which this folder may not
 * import; `handlers` turn these errors into `SpeechError`s by `code`.
 */
export const MODEL_STORE_ERROR_CODES = [
  'model_unknown',
  'model_missing',
  'model_checksum_mismatch',
  'model_download_failed',
  'file_not_readable',
  'output_not_writable',
  'configuration_invalid',
  'canceled',
] as const;

export type ModelStoreErrorCode = (typeof MODEL_STORE_ERROR_CODES)[number];

/** Plain facts for programs; `core/errors.ts` takes them as they are. */
export type ModelStoreErrorDetails = Readonly<
  Record<string, string | number | boolean | null | readonly (string | number)[]>
>;

/** A model cannot be had. The message says what was expected, what came and what to do. */
export class ModelStoreError extends Error {
  override readonly name = 'ModelStoreError' as const;
  readonly code: ModelStoreErrorCode;
  readonly details: ModelStoreErrorDetails;
  /** Whether the same call can succeed later; undefined where the code alone says it. */
  readonly retryable: boolean | undefined;

  constructor(
    code: ModelStoreErrorCode,
    message: string,
    options: { details?: ModelStoreErrorDetails; cause?: unknown; retryable?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.retryable = options.retryable;
  }
}

/** Throws `canceled` once the signal is aborted. */
export function throwIfCanceled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ModelStoreError('canceled', 'The work on the model files was canceled.');
}

/** The code of a failed system call, such as `ENOENT`; undefined for other errors. */
export function systemErrorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
