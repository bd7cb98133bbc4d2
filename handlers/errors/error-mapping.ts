import type { ErrorCode, SpeechError } from '../../core/errors.ts';

/** Exit codes of the command; docs/cli.md explains them to users. */
export const EXIT_CODES = {
  ok: 0,
  /** A fault of ours, or of the machine at this moment. */
  internal: 1,
  /** The command line or the settings are wrong. */
  usage: 2,
  /** An input cannot be read or decoded, or an output cannot be written. */
  file: 3,
  /** A model, a provider or a program that the work needs is missing or unusable. */
  setup: 4,
  /** A remote service or the network failed. */
  remote: 5,
  /** `--fail-on-mismatch`: other speakers. */
  mismatch: 6,
  /** Some of several files failed. */
  someFailed: 7,
  /** 128 + SIGINT. */
  interrupted: 130,
  /** 128 + SIGTERM. */
  terminated: 143,
} as const;

/** What an error means at each border. */
export type ErrorMeaning = {
  readonly httpStatus: number;
  readonly exitCode: number;
  /** The same request may succeed later, unchanged, unless the error itself says otherwise: see `isRetryable`. */
  readonly retryable: boolean;
};

const { internal, usage, file, setup, remote, interrupted } = EXIT_CODES;

function meaning(httpStatus: number, exitCode: number, retryable = false): ErrorMeaning {
  return { httpStatus, exitCode, retryable };
}

/** Every code of `core/errors.ts`; a new one does not compile until it stands here. */
export const ERROR_MEANINGS: Readonly<Record<ErrorCode, ErrorMeaning>> = {
  invalid_option: meaning(400, usage),
  unsupported_audio: meaning(415, file),
  corrupt_audio: meaning(422, file),
  audio_too_short: meaning(422, file),
  audio_too_long: meaning(413, file),
  audio_too_large: meaning(413, file),
  invalid_file: meaning(422, file),
  embedding_space_mismatch: meaning(422, file),
  insufficient_speech: meaning(422, file),
  poor_quality: meaning(422, file),
  audio_unreachable: meaning(422, remote, true),
  audio_url_forbidden: meaning(422, usage),
  file_not_found: meaning(404, file),
  file_not_readable: meaning(422, file),
  not_found: meaning(404, remote),
  output_not_writable: meaning(500, file),
  output_too_large: meaning(413, file),
  model_missing: meaning(500, setup),
  model_unknown: meaning(400, usage),
  model_checksum_mismatch: meaning(500, setup),
  model_shape_mismatch: meaning(500, setup),
  model_download_failed: meaning(503, remote, true),
  provider_unavailable: meaning(500, setup),
  inference_failed: meaning(500, internal),
  dependency_missing: meaning(500, setup),
  configuration_invalid: meaning(500, usage),
  overloaded: meaning(503, internal, true),
  out_of_memory: meaning(503, internal, true),
  engine_crashed: meaning(503, internal, true),
  queue_full: meaning(429, remote, true),
  rate_limited: meaning(429, remote, true),
  canceled: meaning(499, interrupted),
  deadline_exceeded: meaning(504, internal),
  unauthorized: meaning(401, remote),
  remote_failed: meaning(502, remote, true),
  job_expired: meaning(410, remote),
  conflict: meaning(409, remote),
  precondition_failed: meaning(412, remote),
  origin_forbidden: meaning(403, remote),
  scope_missing: meaning(403, remote),
  unsupported_request: meaning(415, usage),
  invariant_violated: meaning(500, internal),
};

/** Whether the same request may succeed later: what the failure itself knows, else what its code means. */
export function isRetryable(error: SpeechError): boolean {
  return error.retryable ?? ERROR_MEANINGS[error.code].retryable;
}
