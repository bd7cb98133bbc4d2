/** The one error taxonomy of Colloquy. Every failure that a caller can meet has a stable code, of `error-codes.ts`. */
import { isCodeOf, type CodeOf, type ErrorCode, type ErrorName } from './error-codes.ts';

export { ERROR_CODES, type CodeOf, type ErrorCode, type ErrorName } from './error-codes.ts';

/** A fact about a failure: plain JSON. */
export type ErrorDetail = string | number | boolean | null | readonly (string | number)[];

/** Facts that mean the same in every error that has them. */
type KnownDetails = {
  /** The option that is wrong, as the caller wrote it: a flag of the command, a field of a job. */
  readonly option: string;
  /** The environment variable that is wrong. */
  readonly variable: string;
  /** Id of the model. */
  readonly model: string;
  /** Name of the file within a model or a folder; never a whole path. */
  readonly file: string;
  /** Line of a file of text, from 1. */
  readonly line: number;
  /** Where in the recording, seconds from its start. */
  readonly atSeconds: number;
  /** Channel of the recording, from 0. */
  readonly channel: number;
  /** What was measured, and the limit that it is above. */
  readonly bytes: number;
  readonly maxBytes: number;
  /** HTTP status of the server that failed. */
  readonly status: number;
  /** Why, in a word: the code of a system call, a name of a rule. */
  readonly reason: string;
};

/** Facts about a failure, plain JSON; never audio, transcript, embedding, token or URL query. */
export type ErrorDetails = Partial<KnownDetails> & Readonly<Record<string, ErrorDetail>>;

/** Facts about a failure beside its code. */
export type SpeechErrorOptions = {
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
  /** Whether the same request can succeed later, where this failure knows better than its code. */
  readonly retryable?: boolean | undefined;
};

const MARK = Symbol.for('colloquy.SpeechError');

/**
 * Base of all errors of Colloquy: a stable `code`, plain `details`, a message that says expected, received, what to do.
 *
 * `instanceof` holds across copies of the package too, for this class and for each below: a program may load the engine
 * from one and catch with another.
 */
export class SpeechError<Code extends ErrorCode = ErrorCode> extends Error {
  /** What `instanceof` goes by; absent in classes that others derive. */
  protected static readonly errorName: ErrorName | 'SpeechError' = 'SpeechError';

  override readonly name: string = 'SpeechError';
  readonly code: Code;
  readonly details: ErrorDetails;
  /** Whether the same request can succeed later; undefined where the code alone says it. */
  readonly retryable: boolean | undefined;
  readonly [MARK] = true;

  constructor(code: Code, message: string, options: SpeechErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.retryable = options.retryable;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true;
    if (!Object.hasOwn(this, 'errorName') || !isSpeechError(value)) return false;
    return this.errorName === 'SpeechError' || this.errorName === value.name;
  }
}

/** The caller must change the input. */
export class InvalidInputError extends SpeechError<CodeOf<'InvalidInputError'>> {
  protected static override readonly errorName = 'InvalidInputError';
  override readonly name = 'InvalidInputError' as const;
}

/** The input exists only in name: unreachable, forbidden or not readable. */
export class InputUnavailableError extends SpeechError<CodeOf<'InputUnavailableError'>> {
  protected static override readonly errorName = 'InputUnavailableError';
  override readonly name = 'InputUnavailableError' as const;
}

/** The result cannot be put where the caller asked for it. */
export class OutputError extends SpeechError<CodeOf<'OutputError'>> {
  protected static override readonly errorName = 'OutputError';
  override readonly name = 'OutputError' as const;
}

/** A model is missing, damaged or of another shape than its manifest says. */
export class ModelError extends SpeechError<CodeOf<'ModelError'>> {
  protected static override readonly errorName = 'ModelError';
  override readonly name = 'ModelError' as const;
}

/** Something that the machine should have is missing: ffmpeg, an execution provider, a setting. */
export class DependencyError extends SpeechError<CodeOf<'DependencyError'>> {
  protected static override readonly errorName = 'DependencyError';
  override readonly name = 'DependencyError' as const;
}

/** No room at present: the same request may succeed later. */
export class CapacityError extends SpeechError<CodeOf<'CapacityError'>> {
  protected static override readonly errorName = 'CapacityError';
  override readonly name = 'CapacityError' as const;
}

/** The caller stopped the work. */
export class CanceledError extends SpeechError<CodeOf<'CanceledError'>> {
  protected static override readonly errorName = 'CanceledError';
  override readonly name = 'CanceledError' as const;

  constructor(message = 'The work was canceled.', options: SpeechErrorOptions = {}) {
    super('canceled', message, options);
  }
}

/** A time limit ended the work. */
export class DeadlineError extends SpeechError<CodeOf<'DeadlineError'>> {
  protected static override readonly errorName = 'DeadlineError';
  override readonly name = 'DeadlineError' as const;

  constructor(message: string, options: SpeechErrorOptions = {}) {
    super('deadline_exceeded', message, options);
  }
}

/** A remote service answered with a failure. */
export class RemoteError extends SpeechError<CodeOf<'RemoteError'>> {
  protected static override readonly errorName = 'RemoteError';
  override readonly name = 'RemoteError' as const;
}

/** The request does not fit what is there, or may not be made from where it comes. */
export class RequestError extends SpeechError<CodeOf<'RequestError'>> {
  protected static override readonly errorName = 'RequestError';
  override readonly name = 'RequestError' as const;
}

/** A bug of ours. */
export class InvariantError extends SpeechError<CodeOf<'InvariantError'>> {
  protected static override readonly errorName = 'InvariantError';
  override readonly name = 'InvariantError' as const;

  constructor(message: string, options: SpeechErrorOptions = {}) {
    super('invariant_violated', message, options);
  }
}

/** True for errors of Colloquy, also of another copy of the package. */
export function isSpeechError(value: unknown): value is SpeechError {
  return typeof value === 'object' && value !== null && MARK in value;
}

/** The error of a code: the code alone says which class it is of. */
export function errorOfCode(code: ErrorCode, message: string, options: SpeechErrorOptions = {}): SpeechError {
  if (isCodeOf('InvalidInputError', code)) return new InvalidInputError(code, message, options);
  if (isCodeOf('InputUnavailableError', code)) return new InputUnavailableError(code, message, options);
  if (isCodeOf('OutputError', code)) return new OutputError(code, message, options);
  if (isCodeOf('ModelError', code)) return new ModelError(code, message, options);
  if (isCodeOf('DependencyError', code)) return new DependencyError(code, message, options);
  if (isCodeOf('CapacityError', code)) return new CapacityError(code, message, options);
  if (isCodeOf('RemoteError', code)) return new RemoteError(code, message, options);
  if (isCodeOf('RequestError', code)) return new RequestError(code, message, options);
  if (code === 'canceled') return new CanceledError(message, options);
  if (code === 'deadline_exceeded') return new DeadlineError(message, options);
  return new InvariantError(message, options);
}

/** Throws `InvariantError` unless the condition holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Throws `CanceledError` (or the abort reason when it is one of ours) once the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

/** What an aborted signal means: its reason when that is one of ours, else `CanceledError`. */
export function abortError(signal: AbortSignal): SpeechError {
  return isSpeechError(signal.reason) ? signal.reason : new CanceledError();
}
