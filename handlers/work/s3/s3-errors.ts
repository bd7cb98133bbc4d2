import {
  DependencyError,
  InputUnavailableError,
  InvalidInputError,
  RemoteError,
  type SpeechError,
} from '../../../core/errors.ts';
import { isRetryableStatus } from '../../../core/net/retryable-status.ts';
import { systemErrorCode } from '../../../core/system-error-code.ts';

type ServiceFacts = {
  readonly name: string;
  readonly status: number | undefined;
  readonly region: string | undefined;
};

/** Name of a store's error, for people: a fixed word such as `AccessDenied` or `ECONNREFUSED`, never its text. */
export function reasonOfS3Error(error: unknown): string {
  const { name } = factsOfS3Error(error);
  const code = systemErrorCode(error);
  return name === 'Error' && code !== undefined && /^E[A-Z_]{1,32}$/.test(code) ? code : name;
}

/** Name, status and region of a store's error, as far as they can be shown. */
export function factsOfS3Error(error: unknown): ServiceFacts {
  const fields = error as {
    name?: unknown;
    $metadata?: { httpStatusCode?: number };
    $response?: { headers?: Record<string, string> };
    Region?: unknown;
  };
  const region = fields.$response?.headers?.['x-amz-bucket-region'] ?? fields.Region;
  return {
    name: typeof fields.name === 'string' && /^\w{1,64}$/.test(fields.name) ? fields.name : 'Error',
    status: fields.$metadata?.httpStatusCode,
    region: typeof region === 'string' && /^[a-z0-9-]{1,32}$/.test(region) ? region : undefined,
  };
}

const MISSING = new Set(['NoSuchKey', 'NoSuchBucket', 'NotFound', 'NoSuchVersion']);
const CREDENTIALS = new Set(['CredentialsProviderError', 'CredentialsError', 'NoAuthSchemeError']);
const WRONG_REGION = new Set([
  'PermanentRedirect',
  'TemporaryRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);

/**
 * What went wrong with a store, as an error of ours: its code and what to do, without bucket, key, address or the
 * store's own text. The store's error is no `cause` either: it holds the whole request, signature and session token
 * included. `undefined` for failures that another attempt may mend.
 */
export function s3Error(error: unknown): SpeechError | undefined {
  const { name, status, region } = factsOfS3Error(error);
  const details = { reason: name, ...(status === undefined ? {} : { status }) };
  if (CREDENTIALS.has(name)) {
    return new DependencyError(
      'configuration_invalid',
      'This worker has no S3 credentials. Set them in its environment, or send the audio by a presigned URL.',
      { details },
    );
  }
  if (MISSING.has(name) || status === 404) {
    return new InputUnavailableError(
      'audio_unreachable',
      `The S3 object does not exist (${name}). Check the bucket and the key, letter by letter.`,
      { details, retryable: false },
    );
  }
  if (WRONG_REGION.has(name) || status === 301 || status === 307) {
    const hint = region === undefined ? 'the region of the bucket' : `region ${region}`;
    return new InvalidInputError(
      'invalid_option',
      `The bucket is in another region (${name}). Give ${hint} in audio.s3.`,
      {
        details: { ...details, ...(region === undefined ? {} : { region }) },
      },
    );
  }
  if (status === 401 || status === 403) {
    return new RemoteError(
      'unauthorized',
      `The S3 store refuses this worker (${name}). Give its credentials the right to read the object, or send a presigned URL.`,
      { details },
    );
  }
  if (status !== undefined && status >= 400 && !isRetryableStatus(status)) {
    return new InvalidInputError(
      'invalid_option',
      `The S3 store refuses the request (${name}). Check audio.s3.`,
      {
        details,
      },
    );
  }
  return undefined;
}
