import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { checkUrl } from '../fetch-audio/check-url.ts';
import type { FetchPolicy } from '../fetch-audio/fetch-policy.ts';
import { lookupOf } from '../fetch-audio/lookup-of.ts';
import { isOwnEndpoint, regionFor, type S3Store } from './s3-store.ts';

/** Which store to talk to, and how. */
export type S3ClientOptions = {
  readonly store: S3Store;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  /** Which addresses may be dialled where a caller named the store; the operator's own is trusted. */
  readonly policy?: FetchPolicy | undefined;
  /** Attempts a request, for callers that do not try again themselves; 3. */
  readonly maxAttempts?: number;
  readonly connectTimeoutMs: number;
  /** A store that says and takes nothing for so long is given up. */
  readonly silenceTimeoutMs: number;
};

/** A request goes out as it is: a foreign store never sees our key id or session token. */
const unsigned: S3ClientConfig = {
  signer: { sign: (request) => Promise.resolve(request) },
  credentials: { accessKeyId: 'anonymous', secretAccessKey: 'anonymous' },
};

/**
 * A client for a store with the rights that belong to it: the operator's own, one whose key the caller brought, or one
 * that a caller only named, without any. Whatever a caller named is dialled by the rules for untrusted URLs.
 *
 * @throws InputUnavailableError `audio_url_forbidden`; InvalidInputError `invalid_option`
 */
export function createS3Client(options: S3ClientOptions): S3Client {
  const { store, policy } = options;
  const own = isOwnEndpoint(store, options.endpoint);
  const endpoint = options.endpoint ?? store.endpoint;
  const isNamedByCaller = !own || store.isCallers === true;
  if (isNamedByCaller && endpoint !== undefined && policy !== undefined) checkUrl(endpoint, policy);
  const sockets = isNamedByCaller && policy !== undefined ? { lookup: lookupOf(policy) } : {};
  return new S3Client({
    region: regionFor(store, options.region),
    // Checksums that only AWS knows upset other stores (aws-sdk-js-v3 #6810).
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: options.maxAttempts ?? 3,
    requestHandler: {
      connectionTimeout: options.connectTimeoutMs,
      // Without a byte in either direction. Its `requestTimeout` only warns, and would count the time of an upload.
      socketTimeout: options.silenceTimeoutMs,
      httpAgent: new HttpAgent(sockets),
      httpsAgent: new HttpsAgent(sockets),
    },
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(own ? (store.credentials === undefined ? {} : { credentials: store.credentials }) : unsigned),
  });
}

/** What time it is by the clock of the store, as far as its replies have told: links are judged by that one. */
export function timeAtStore({ config }: S3Client): Date {
  return new Date(Date.now() + config.systemClockOffset);
}
