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
