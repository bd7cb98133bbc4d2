import { DependencyError } from '../../../core/errors.ts';
import type { S3Store } from './s3-store.ts';

/** The operator's bucket for results that are too large to be posted, and for files that jobs ask for. */
export type S3ResultOptions = {
  readonly bucket: string;
  /** Region, address and credentials; without them the AWS environment decides. */
  readonly store: S3Store;
  /** In front of every key, for instance `results/`. */
  readonly keyPrefix: string;
  /** How long the link in the result works. */
  readonly linkSeconds: number;
};

/** Links last as long as those of the original worker's upload helper. */
const LINK_SECONDS = 7 * 24 * 3600;

/**
 * The variables of the original worker's upload helper, plus a name for the bucket and the region; `undefined` when
 * `BUCKET_NAME` is not set.
 *
 * @throws DependencyError `configuration_invalid` for an address that is none
 */
export function parseS3ResultOptions(
  env: Readonly<Record<string, string | undefined>>,
): S3ResultOptions | undefined {
  const text = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const bucket = text('BUCKET_NAME');
  if (bucket === undefined) return undefined;
  const region = text('BUCKET_REGION');
  const endpoint = text('BUCKET_ENDPOINT_URL');
  if (endpoint !== undefined && !(URL.canParse(endpoint) && /^https?:/.test(endpoint))) {
    throw new DependencyError(
      'configuration_invalid',
      'The environment variable BUCKET_ENDPOINT_URL must be an http or https URL.',
      { details: { variable: 'BUCKET_ENDPOINT_URL' } },
    );
  }
  const accessKeyId = text('BUCKET_ACCESS_KEY_ID');
  const secretAccessKey = text('BUCKET_SECRET_ACCESS_KEY');
  return {
    bucket,
    store: {
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(accessKeyId === undefined || secretAccessKey === undefined
        ? {}
        : { credentials: { accessKeyId, secretAccessKey } }),
    },
    keyPrefix: text('BUCKET_KEY_PREFIX') ?? 'colloquy-results/',
    linkSeconds: LINK_SECONDS,
  };
}
