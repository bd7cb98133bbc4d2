import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { isOwnEndpoint, regionFor, type S3Store } from './s3-store.ts';

/** Which store to talk to, and how. */
export type S3ClientOptions = {
  readonly store: S3Store;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  /** Resolver for addresses that a caller named. */
  readonly guardedLookup?: LookupFunction;
  /** Attempts a request, for callers that do not try again themselves; 3. */
  readonly maxAttempts?: number;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
};

/** A request goes out as it is: a foreign store never sees our key id or session token. */
const unsigned: S3ClientConfig = {
  signer: { sign: (request) => Promise.resolve(request) },
  credentials: { accessKeyId: 'anonymous', secretAccessKey: 'anonymous' },
};

/**
 * A client for the operator's store with the operator's rights, or for a store that a caller named, without any.
 */
export function createS3Client(options: S3ClientOptions): S3Client {
  const { store, guardedLookup: lookup } = options;
  const own = isOwnEndpoint(store, options.endpoint);
  const endpoint = options.endpoint ?? store.endpoint;
  const sockets = own || lookup === undefined ? {} : { lookup };
  return new S3Client({
    region: regionFor(store, options.region),
    // Checksums that only AWS knows upset other stores (aws-sdk-js-v3 #6810).
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: options.maxAttempts ?? 3,
    requestHandler: {
      connectionTimeout: options.connectTimeoutMs,
      requestTimeout: options.headersTimeoutMs,
      httpAgent: new HttpAgent(sockets),
      httpsAgent: new HttpsAgent(sockets),
    },
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(own ? (store.credentials === undefined ? {} : { credentials: store.credentials }) : unsigned),
  });
}
