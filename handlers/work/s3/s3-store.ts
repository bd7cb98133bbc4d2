import { RemoteError } from '../../../core/errors.ts';

/** The operator's own S3-compatible store: what this process may read and write with its own rights. */
export type S3Store = {
  /** Region of buckets that name none. */
  readonly region?: string;
  /** Base URL of a store that is not AWS. */
  readonly endpoint?: string;
  /** Without them the AWS environment decides: variables, profile, role. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** The caller of a job brought address and credentials: what is dialled there is checked like any URL. */
  readonly isCallers?: boolean;
  /** Buckets that jobs may name; all that the credentials reach unless given. */
  readonly buckets?: readonly string[];
};

/** What the AWS environment says. */
export const DEFAULT_S3_STORE: S3Store = Object.freeze({});

/** Used where neither the job nor the operator says a region; stores other than AWS ignore it. */
const FALLBACK_REGION = 'us-east-1';

/** Region for one bucket. */
export function regionFor(store: S3Store, asked: string | undefined): string {
  return asked ?? store.region ?? FALLBACK_REGION;
}

/** True when an address that a caller names is the operator's own: no address, or the same one. */
export function isOwnEndpoint(store: S3Store, asked: string | undefined): boolean {
  if (asked === undefined) return true;
  return store.endpoint !== undefined && new URL(asked).href === new URL(store.endpoint).href;
}

/**
 * Lets only those buckets be named that the operator allows; all that the credentials reach where nothing is said.
 *
 * @param resultBucket the operator's own bucket for results, which is always one of them
 * @throws RemoteError `unauthorized`, without the name
 */
export function refuseForeignBucket(bucket: string, store: S3Store, resultBucket?: string): void {
  if (store.buckets === undefined || store.buckets.includes(bucket) || bucket === resultBucket) return;
  throw new RemoteError(
    'unauthorized',
    'Jobs may not name this bucket here. Ask the operator of the worker (COLLOQUY_JOB_BUCKETS), or use presigned URLs.',
  );
}
