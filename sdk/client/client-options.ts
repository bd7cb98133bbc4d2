import { RUNPOD_BASE_URL } from '../contract/runpod.ts';
import { InvalidRequestError } from '../errors/errors.ts';
import { POLL_TIMING, RETRY_TIMING, type RetryTiming } from '../transport/retry-timing.ts';
import { MAX_TIMER_MS } from '../transport/sleep.ts';
import type { JobPolicy } from '../transport/transport.ts';
import type { Upload } from '../upload/upload.ts';

/** The part of `fetch` that the client needs. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>;

/** Where the client tells what it does. Fields hold no key, no audio, no text and no query of a URL. */
export type Logger = {
  debug?(message: string, fields: Readonly<Record<string, unknown>>): void;
  warn?(message: string, fields: Readonly<Record<string, unknown>>): void;
};

/** Options of the client. */
export type ColloquyOptions = {
  /** Key of RunPod, or of the server. @default none is sent; RunPod demands one */
  readonly apiKey?: string;
  /** A RunPod endpoint. @default none: `baseUrl` is a Colloquy server */
  readonly endpointId?: string;
  /**
   * A Colloquy server; with `endpointId` where RunPod is, as `http://127.0.0.1:8000/v2` for the local platform.
   *
   * @default https://api.runpod.ai/v2 with an `endpointId`, else it must be given
   */
  readonly baseUrl?: string;
  /**
   * Carries audio that is too large for a request: `presignedUpload(…)`, `s3Upload(…)`, or a function of yours.
   *
   * @default audio over 7 MB is refused
   */
  readonly upload?: Upload;
  /** Longest time for one short request. @default 30,000 ms */
  readonly requestTimeoutMs?: number;
  /** Longest time for a request that carries audio. @default 600,000 ms */
  readonly submitTimeoutMs?: number;
  /** Retries of one request. @default 6, which takes about half a minute */
  readonly maxRetries?: number;
  /**
   * Of these retries, how many may repeat a submission whose reply was lost. RunPod may have the job already, and does
   * its work (and asks to be paid for it) twice then; servers and the local platform answer with the job that they
   * have. Results and webhooks carry the idempotency key, by which doubles can be told. @default 1
   */
  readonly maxResubmissions?: number;
  /** How long a wait survives a service that does not answer. @default 300,000 ms */
  readonly maxOutageMs?: number;
  /** Waits between attempts. @default 500 ms, doubled up to 30,000 ms */
  readonly retryTiming?: Partial<RetryTiming>;
  /** Waits between looks at a job. @default 500 ms, times 1.5 up to 5,000 ms */
  readonly pollTiming?: Partial<RetryTiming>;
  /** What the platform does with jobs that say nothing themselves. @default what the endpoint says */
  readonly policy?: JobPolicy;
  /** Used for every request. @default the `fetch` of the runtime, or `runpod-sdk` */
  readonly fetch?: FetchFunction;
  /** Told what the client does. @default nothing is told */
  readonly logger?: Logger;
};

/** The same, with nothing left open. */
export type CompleteOptions = {
  readonly apiKey: string;
  readonly endpointId: string | undefined;
  readonly baseUrl: string;
  readonly upload: Upload | undefined;
  readonly requestTimeoutMs: number;
  readonly submitTimeoutMs: number;
  readonly maxRetries: number;
  readonly maxResubmissions: number;
  readonly maxOutageMs: number;
  readonly retryTiming: RetryTiming;
  readonly pollTiming: RetryTiming;
  readonly policy: JobPolicy | undefined;
  readonly fetch: FetchFunction | undefined;
  readonly logger: Logger | undefined;
};

export const DEFAULT_CLIENT_OPTIONS = Object.freeze({
  requestTimeoutMs: 30_000,
  // 10 MB over a slow line.
  submitTimeoutMs: 600_000,
  maxRetries: 6,
  maxResubmissions: 1,
  maxOutageMs: 300_000,
});

function inRange(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw new InvalidRequestError(
    'invalid_option',
    `Expected ${name} to be a number from ${least} to ${most}; got ${value}.`,
  );
}

function baseUrlOf({ endpointId, baseUrl, apiKey }: ColloquyOptions): string {
  const url = baseUrl ?? (endpointId === undefined ? undefined : RUNPOD_BASE_URL);
  if (url === undefined) {
    throw new InvalidRequestError(
      'invalid_option',
      'Expected an endpointId of RunPod, or the baseUrl of a server.',
    );
  }
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new InvalidRequestError('invalid_option', 'Expected baseUrl to be an http or https URL.');
  }
  if (baseUrl === undefined && !apiKey) {
    throw new InvalidRequestError(
      'invalid_option',
      'Expected an apiKey: make one in the settings of RunPod.',
    );
  }
  return url.replace(/\/+$/, '');
}

/**
 * Fills in what is left out.
 *
 * @throws InvalidRequestError `invalid_option`
 */
export function completeOptions(options: ColloquyOptions): CompleteOptions {
  const { endpointId } = options;
  if (endpointId !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(endpointId)) {
    throw new InvalidRequestError('invalid_option', 'Expected endpointId to be 1 to 64 of A-Z a-z 0-9 _ -.');
  }
  if (options.apiKey !== undefined && !/^[\x21-\x7e]*$/.test(options.apiKey)) {
    throw new InvalidRequestError(
      'invalid_option',
      'Expected apiKey without spaces, line ends or special characters.',
    );
  }
  const milliseconds = (
    name: 'requestTimeoutMs' | 'submitTimeoutMs' | 'maxOutageMs',
    least: number,
  ): number => inRange(name, options[name] ?? DEFAULT_CLIENT_OPTIONS[name], least, MAX_TIMER_MS);
  return {
    apiKey: options.apiKey ?? '',
    endpointId,
    baseUrl: baseUrlOf(options),
    upload: options.upload,
    requestTimeoutMs: milliseconds('requestTimeoutMs', 1),
    submitTimeoutMs: milliseconds('submitTimeoutMs', 1),
    maxRetries: inRange('maxRetries', options.maxRetries ?? DEFAULT_CLIENT_OPTIONS.maxRetries, 0, 1000),
    maxResubmissions: inRange(
      'maxResubmissions',
      options.maxResubmissions ?? DEFAULT_CLIENT_OPTIONS.maxResubmissions,
      0,
      1000,
    ),
    maxOutageMs: milliseconds('maxOutageMs', 0),
    retryTiming: { ...RETRY_TIMING, ...options.retryTiming },
    pollTiming: { ...POLL_TIMING, ...options.pollTiming },
    policy: options.policy,
    fetch: options.fetch,
    logger: options.logger,
  };
}
