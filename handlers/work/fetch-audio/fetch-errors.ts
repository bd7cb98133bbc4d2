import { InputUnavailableError, InvalidInputError, type ErrorDetails } from '../../../core/errors.ts';

/** The URL leads where no caller may lead us. The text says nothing of what was found there. */
export function forbidden(reason: string): InputUnavailableError {
  return new InputUnavailableError(
    'audio_url_forbidden',
    `The URL is not allowed: ${reason}. Use an https URL of the public internet, base64, or S3.`,
    { details: { reason } },
  );
}

/** What is known of audio that cannot be had. */
type UnreachableFacts = {
  /** False where the same request would meet the same answer: a refusal, nothing there, a circle of redirects. */
  readonly retryable: boolean;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
};

/** The audio cannot be had. */
export function unreachable(reason: string, facts: UnreachableFacts): InputUnavailableError {
  const { retryable, details, cause } = facts;
  return new InputUnavailableError(
    'audio_unreachable',
    `The file could not be fetched: ${reason}. Check that its address works from outside, without a login.`,
    { details: { reason, ...details }, retryable, cause },
  );
}

/** More bytes than a worker takes. */
export function tooLarge(maxBytes: number): InvalidInputError {
  return new InvalidInputError(
    'audio_too_large',
    `Expected a file of at most ${maxBytes} bytes; it is larger. Send a compressed file, or parts of it.`,
    { details: { maxBytes } },
  );
}

/** A transfer that another attempt may complete; never leaves this folder. */
export class TransferInterrupted extends Error {
  override readonly name = 'TransferInterrupted' as const;
  /** How long the server asks us to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    facts: { readonly cause?: unknown; readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message, { cause: facts.cause });
    this.retryAfterMs = facts.retryAfterMs;
  }
}
