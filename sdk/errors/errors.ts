import type { ErrorCode } from '../wire.ts';
import { recognisedAcrossCopies } from './across-copies.ts';

/** Facts about a failure beside its code. */
export type ColloquyErrorOptions = {
  /** HTTP status, where a server answered. @default no server answered */
  readonly status?: number | undefined;
  /** Whether the same request can succeed later. @default false */
  readonly retryable?: boolean | undefined;
  /** The job or request that failed, to quote when asking for help. @default unknown */
  readonly requestId?: string | undefined;
  /** What programs may want to know. @default none */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** What was caught. @default none */
  readonly cause?: unknown;
};

/**
 * Base of all failures of the client: one stable `code`, the HTTP `status` where there is one, whether a retry can
 * help, and the id of the job or request. Messages never hold the API key, audio, text or the query of a URL.
 */
export class ColloquyError extends Error {
  static {
    recognisedAcrossCopies(this, 'ColloquyError');
  }

  override readonly name: string = 'ColloquyError';
  readonly code: ErrorCode;
  readonly status: number | undefined;
  readonly retryable: boolean;
  readonly requestId: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ColloquyErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.retryable = options.retryable ?? false;
    this.requestId = options.requestId;
    this.details = options.details ?? {};
  }
}

/** The request is wrong; it was not sent, or the server refused it. */
export class InvalidRequestError extends ColloquyError {
  static {
    recognisedAcrossCopies(this, 'InvalidRequestError', 'ColloquyError');
  }

  override readonly name = 'InvalidRequestError' as const;
}

/** The audio cannot be read where the caller says it is. */
export class AudioUnavailableError extends ColloquyError {
  static {
    recognisedAcrossCopies(this, 'AudioUnavailableError', 'ColloquyError');
  }

  override readonly name = 'AudioUnavailableError' as const;
}

/** The audio is too large to travel inside the request, and there is no upload to send it by. */
export class PayloadTooLargeError extends ColloquyError {
  static {
    recognisedAcrossCopies(this, 'PayloadTooLargeError', 'ColloquyError');
  }

  override readonly name = 'PayloadTooLargeError' as const;
}

/** The API key is missing, wrong, or may not do this. */
export class AuthenticationError extends ColloquyError {
  static {
    recognisedAcrossCopies(this, 'AuthenticationError', 'ColloquyError');
  }

  override readonly name = 'AuthenticationError' as const;
}

/** The endpoint does not exist, or the job has expired. */
export class NotFoundError extends ColloquyError {
  static {
    recognisedAcrossCopies(this, 'NotFoundError', 'ColloquyError');
  }

  override readonly name = 'NotFoundError' as const;
}

/** Too many requests, and still too many after all retries. */
export class RateLimitError extends ColloquyError {
  static {
    recognisedAcrossCopies(this, 'RateLimitError', 'ColloquyError');
  }

  override readonly name = 'RateLimitError' as const;
}

/** No usable answer: the connection failed, was cut, or carried something else than it should. */
export class ConnectionError extends ColloquyError {
  static {
    recognisedAcrossCopies(this, 'ConnectionError', 'ColloquyError');
  }

  override readonly name = 'ConnectionError' as const;
}

/** The service failed. */
export class ServiceError extends ColloquyError {
  static {
    recognisedAcrossCopies(this, 'ServiceError', 'ColloquyError');
  }

  override readonly name = 'ServiceError' as const;
}

/** The job ran and failed; `code` says why. */
export class JobFailedError extends ColloquyError {
  static {
    recognisedAcrossCopies(this, 'JobFailedError', 'ColloquyError');
  }

  override readonly name = 'JobFailedError' as const;
}

/** Somebody stopped the job, or the caller stopped waiting by its signal. */
export class CanceledError extends ColloquyError {
  static {
    recognisedAcrossCopies(this, 'CanceledError', 'ColloquyError');
  }

  override readonly name = 'CanceledError' as const;
}

/** A time limit of the caller or of the platform ended the work. */
export class DeadlineError extends ColloquyError {
  static {
    recognisedAcrossCopies(this, 'DeadlineError', 'ColloquyError');
  }

  override readonly name = 'DeadlineError' as const;
}
