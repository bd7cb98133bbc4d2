/**
 * The codes of all failures that a caller can meet, by the class that has them.
 *
 * `handlers/errors/error-mapping.ts` maps each code to an HTTP status, an exit code and whether a retry can help, and does
 * not compile until a new code is mapped.
 */
export const CODES_OF = {
  /** The caller's input is wrong. */
  InvalidInputError: [
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
  ],
  /** The input cannot be had. */
  InputUnavailableError: [
    'audio_unreachable',
    'audio_url_forbidden',
    'file_not_found',
    'file_not_readable',
    'not_found',
  ],
  /** The output cannot be written. */
  OutputError: ['output_not_writable', 'output_too_large'],
  /** The operator's models are wrong. */
  ModelError: [
    'model_missing',
    'model_unknown',
    'model_checksum_mismatch',
    'model_shape_mismatch',
    'model_download_failed',
    'inference_failed',
  ],
  /** The operator's machine or settings are wrong. */
  DependencyError: ['provider_unavailable', 'dependency_missing', 'configuration_invalid'],
  /** Wait and try again. */
  CapacityError: ['overloaded', 'out_of_memory', 'engine_crashed', 'queue_full', 'rate_limited'],
  /** Somebody stopped it. */
  CanceledError: ['canceled'],
  DeadlineError: ['deadline_exceeded'],
  /** A remote service failed. */
  RemoteError: ['unauthorized', 'remote_failed', 'job_expired'],
  /** The request does not fit what is there, or may not be made from where it comes. */
  RequestError: [
    'conflict',
    'precondition_failed',
    'origin_forbidden',
    'scope_missing',
    'unsupported_request',
  ],
  /** We are wrong. */
  InvariantError: ['invariant_violated'],
} as const;

/** Name of a class of errors. */
export type ErrorName = keyof typeof CODES_OF;

/** The codes that errors of a class can have. */
export type CodeOf<Name extends ErrorName> = (typeof CODES_OF)[Name][number];

/** Every code. */
export const ERROR_CODES = [
  ...CODES_OF.InvalidInputError,
  ...CODES_OF.InputUnavailableError,
  ...CODES_OF.OutputError,
  ...CODES_OF.ModelError,
  ...CODES_OF.DependencyError,
  ...CODES_OF.CapacityError,
  ...CODES_OF.CanceledError,
  ...CODES_OF.DeadlineError,
  ...CODES_OF.RemoteError,
  ...CODES_OF.RequestError,
  ...CODES_OF.InvariantError,
] as const;

/** A code of `ERROR_CODES`. */
export type ErrorCode = CodeOf<ErrorName>;

/** True where errors of the class can have the code. */
export function isCodeOf<Name extends ErrorName>(name: Name, code: ErrorCode): code is CodeOf<Name> {
  const codes: readonly ErrorCode[] = CODES_OF[name];
  return codes.includes(code);
}
