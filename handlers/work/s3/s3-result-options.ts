import type { FetchPolicy } from '../fetch-audio/fetch-policy.ts';
import type { S3Store } from './s3-store.ts';
import { checked, isBucketName, parseS3Store, variable } from './s3-store-variables.ts';

/** The bucket for results that are too large to be posted, and for files that jobs ask for. */
export type S3ResultOptions = {
  readonly bucket: string;
  /** Region, address and credentials; without them the AWS environment decides. */
  readonly store: S3Store;
  /** In front of every key, for instance `results/`. */
  readonly keyPrefix: string;
  /** How long the link in the result works. */
  readonly linkSeconds: number;
  /** Which addresses may be dialled, where a caller named the store. @default any: the store is the operator's own */
  readonly policy?: FetchPolicy;
};

/** Links last as long as those of the original worker's upload helper. */
export const LINK_SECONDS = 7 * 24 * 3600;

/**
 * The operator's bucket, and the store that it is in; `undefined` when `BUCKET_NAME` is not set.
 *
 * @throws DependencyError `configuration_invalid` that names the variable
 */
export function parseS3ResultOptions(
  env: Readonly<Record<string, string | undefined>>,
): S3ResultOptions | undefined {
  const bucket = checked(env, 'BUCKET_NAME', 'the name of a bucket', isBucketName);
  if (bucket === undefined) return undefined;
  return {
    bucket,
    store: parseS3Store(env),
    keyPrefix: variable(env, 'BUCKET_KEY_PREFIX') ?? 'colloquy-results/',
    linkSeconds: LINK_SECONDS,
  };
}
