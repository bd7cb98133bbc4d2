/**
 * The one error taxonomy of Colloquy.
 *
 * Every failure that a caller can meet has a stable code; `handlers/errors/error-mapping.ts` maps each code to an HTTP
 * status, an exit code and whether a retry can help, and does not compile until a new code is mapped.
 */

/** Codes by who has to act. */
export const ERROR_CODES = [
  // The caller's input is wrong: InvalidInputError.
  'invalid_option',
  'unsupported_audio',
  'corrupt_audio',
  'audio_too_short',
  'audio_too_long',
  'audio_too_large',
  'invalid_file',
  'embedding_space_mismatch',
  'insufficient_speech',
  'poor_quality',
  // The input cannot be had: InputUnavailableError.
  'audio_unreachable',
  'audio_url_forbidden',
  'file_not_found',
  'file_not_readable',
  'not_found',
  // The output cannot be written: OutputError.
  'output_not_writable',
  'output_too_large',
  // The operator's set-up is wrong: ModelError, DependencyError.
  'model_missing',
  'model_unknown',
  'model_checksum_mismatch',
  'model_shape_mismatch',
  'model_download_failed',
  'provider_unavailable',
  'inference_failed',
  'dependency_missing',
  'configuration_invalid',
  // Wait and try again: CapacityError.
  'overloaded',
  'out_of_memory',
  'engine_crashed',
  // Somebody stopped it: CanceledError, DeadlineError.
  'canceled',
  'deadline_exceeded',
  // A remote service: RemoteError.
  'unauthorized',
  'remote_failed',
  'job_expired',
  // We are wrong: InvariantError.
  'invariant_violated',
] as const;

/** A code of `ERROR_CODES`. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Facts about a failure, plain JSON; never audio, transcript, embedding, token or URL query. */
export type ErrorDetails = Readonly<
  Record<string, string | number | boolean | null | readonly (string | number)[]>
>;

/** Facts about a failure beside its code. */
export type SpeechErrorOptions = {
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
  /** Whether the same request can succeed later, where this failure knows better than its code. */
  readonly retryable?: boolean | undefined;
};

const MARK = Symbol.for('colloquy.SpeechError');

/** Base of all errors of Colloquy: a stable `code`, plain `details`, a message that says expected, received, what to do. */
export class SpeechError extends Error {
  override readonly name: string = 'SpeechError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  /** Whether the same request can succeed later; undefined where the code alone says it. */
  readonly retryable: boolean | undefined;
  readonly [MARK] = true;

  constructor(code: ErrorCode, message: string, options: SpeechErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.retryable = options.retryable;
  }
}

/** The caller must change the input. */
export class InvalidInputError extends SpeechError {
  override readonly name = 'InvalidInputError' as const;
}

/** The input exists only in name: unreachable, forbidden or not readable. */
export class InputUnavailableError extends SpeechError {
  override readonly name = 'InputUnavailableError' as const;
}

/** The result cannot be put where the caller asked for it. */
export class OutputError extends SpeechError {
  override readonly name = 'OutputError' as const;
}

/** A model is missing, damaged or of another shape than its manifest says. */
export class ModelError extends SpeechError {
  override readonly name = 'ModelError' as const;
}

/** Something that the machine should have is missing: ffmpeg, an execution provider, a setting. */
export class DependencyError extends SpeechError {
  override readonly name = 'DependencyError' as const;
}

/** No room at present: the same request may succeed later. */
export class CapacityError extends SpeechError {
  override readonly name = 'CapacityError' as const;
}

/** The caller stopped the work. */
export class CanceledError extends SpeechError {
  override readonly name = 'CanceledError' as const;

  constructor(message = 'The work was canceled.', options: SpeechErrorOptions = {}) {
    super('canceled', message, options);
  }
}

/** A time limit ended the work. */
export class DeadlineError extends SpeechError {
  override readonly name = 'DeadlineError' as const;

  constructor(message: string, options: SpeechErrorOptions = {}) {
    super('deadline_exceeded', message, options);
  }
}

/** A remote service answered with a failure. */
export class RemoteError extends SpeechError {
  override readonly name = 'RemoteError' as const;
}

/** A bug of ours. */
export class InvariantError extends SpeechError {
  override readonly name = 'InvariantError' as const;

  constructor(message: string, options: SpeechErrorOptions = {}) {
    super('invariant_violated', message, options);
  }
}

/** True for errors of Colloquy, also of another copy of the package. */
export function isSpeechError(value: unknown): value is SpeechError {
  return typeof value === 'object' && value !== null && MARK in value;
}

/** Throws `InvariantError` unless the condition holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** An error as plain JSON, for crossing a process border; stack and cause stay behind. */
export type SerializedError = {
  readonly name: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  readonly retryable?: boolean;
};

/** What a caller may see of any thrown value: foreign errors become `invariant_violated` without their text. */
export function serializeError(error: unknown): SerializedError {
  if (isSpeechError(error)) {
    const { name, code, message, details, retryable } = error;
    return { name, code, message, details, ...(retryable === undefined ? {} : { retryable }) };
  }
  return {
    name: 'InvariantError',
    code: 'invariant_violated',
    message: 'Unexpected internal error.',
    details: {},
  };
}

const CLASSES = {
  InvalidInputError,
  InputUnavailableError,
  OutputError,
  ModelError,
  DependencyError,
  CapacityError,
  RemoteError,
} as const;

/** The inverse of `serializeError`. */
export function deserializeError(error: SerializedError): SpeechError {
  const options = { details: error.details, retryable: error.retryable };
  if (error.name === 'CanceledError') return new CanceledError(error.message, options);
  if (error.name === 'DeadlineError') return new DeadlineError(error.message, options);
  if (error.name === 'InvariantError') return new InvariantError(error.message, options);
  if (error.name in CLASSES)
    return new CLASSES[error.name as keyof typeof CLASSES](error.code, error.message, options);
  return new SpeechError(error.code, error.message, options);
}

/** Throws `CanceledError` (or the abort reason when it is one of ours) once the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

/** What an aborted signal means: its reason when that is one of ours, else `CanceledError`. */
export function abortError(signal: AbortSignal): SpeechError {
  return isSpeechError(signal.reason) ? signal.reason : new CanceledError();
}
