import { DependencyError } from '../../../core/errors.ts';
import type { S3Store } from './s3-store.ts';

/** Environment variables by name. */
type Variables = Readonly<Record<string, string | undefined>>;

/** As the contract has them: what a job may name. */
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Becomes part of the address that is dialled with our key: nothing but a name may stand here. */
const REGION = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * The operator's store, from the variables of the original worker's upload helper and a few more: `BUCKET_ENDPOINT_URL`,
 * `BUCKET_REGION`, `BUCKET_ACCESS_KEY_ID`, `BUCKET_SECRET_ACCESS_KEY`, `BUCKET_SESSION_TOKEN` and
 * `COLLOQUY_JOB_BUCKETS`. What is not set the AWS environment decides.
 *
 * @throws DependencyError `configuration_invalid` that names the variable, never what it holds
 */
export function parseS3Store(env: Variables): S3Store {
  const region = checked(env, 'BUCKET_REGION', 'the name of a region, as eu-central-1', (text) =>
    REGION.test(text),
  );
  const endpoint = checked(env, 'BUCKET_ENDPOINT_URL', 'an http or https URL', isHttpUrl);
  const accessKeyId = variable(env, 'BUCKET_ACCESS_KEY_ID');
  const secretAccessKey = variable(env, 'BUCKET_SECRET_ACCESS_KEY');
  const sessionToken = variable(env, 'BUCKET_SESSION_TOKEN');
  const buckets = checked(env, 'COLLOQUY_JOB_BUCKETS', 'names of buckets with commas', (text) =>
    listOf(text).every((name) => BUCKET_NAME.test(name)),
  );
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    const missing = accessKeyId === undefined ? 'BUCKET_ACCESS_KEY_ID' : 'BUCKET_SECRET_ACCESS_KEY';
    throw invalid(missing, 'set too: one half of a key is none');
  }
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : {
          credentials: {
            accessKeyId,
            secretAccessKey,
            ...(sessionToken === undefined ? {} : { sessionToken }),
          },
        }),
    ...(buckets === undefined ? {} : { buckets: listOf(buckets) }),
  };
}

/** The value of a variable; undefined for one that is empty. */
export function variable(env: Variables, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

/** A variable that must hold something of a kind. @throws DependencyError `configuration_invalid` */
export function checked(
  env: Variables,
  name: string,
  expected: string,
  isRight: (text: string) => boolean,
): string | undefined {
  const text = variable(env, name);
  if (text === undefined || isRight(text)) return text;
  throw invalid(name, expected);
}

/** True for the name of a bucket. */
export function isBucketName(text: string): boolean {
  return BUCKET_NAME.test(text);
}

function invalid(name: string, expected: string): DependencyError {
  return new DependencyError(
    'configuration_invalid',
    `The environment variable ${name} must be ${expected}.`,
    { details: { variable: name } },
  );
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}
