import { isCertificateError } from '../../core/net/certificate-error.ts';

/** Why one try to transfer a file failed, in words that complete "…: ", and whether another try can help. */
export class TransferError extends Error {
  override readonly name = 'TransferError' as const;
  readonly retryable: boolean;
  /** How long the server asks us to wait. */
  readonly retryAfterMs: number;

  constructor(message: string, retryable: boolean, cause?: unknown, retryAfterMs = 0) {
    super(message, cause === undefined ? undefined : { cause });
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }

  /** For what the network library throws: broken connections, silence, failed name look-ups. */
  static of(error: unknown, url: URL): TransferError {
    if (error instanceof TransferError) return error;
    const reason = innermostMessage(error);
    const lasts = reason.includes('public internet') || isCertificateError(error);
    return new TransferError(`${url.host}: ${reason}`, !lasts, error);
  }
}

function innermostMessage(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  return error.cause instanceof Error ? innermostMessage(error.cause) : error.message || error.name;
}
