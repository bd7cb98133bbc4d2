import type { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { isSpeechError } from '../../../core/errors.ts';
import type { S3Location } from '../../../sdk/contract/index.ts';
import type { ByteSource } from '../fetch-audio/byte-source.ts';
import { TransferInterrupted } from '../fetch-audio/fetch-errors.ts';
import type { FetchLimits } from '../fetch-audio/fetch-limits.ts';
import type { FetchPolicy } from '../fetch-audio/fetch-policy.ts';
import { createS3Client } from './s3-client.ts';
import { failedS3Try } from './s3-delivery.ts';
import { s3Error } from './s3-errors.ts';
import { isOwnEndpoint, refuseForeignBucket, type S3Store } from './s3-store.ts';

async function readFrom(
  client: S3Client,
  location: S3Location,
  startByte: number,
  version: string | undefined,
  signal: AbortSignal,
) {
  const resume =
    startByte > 0 && version !== undefined ? { Range: `bytes=${startByte}-`, IfMatch: version } : {};
  const command = new GetObjectCommand({ Bucket: location.bucket, Key: location.key, ...resume });
  const reply = await client.send(command, { abortSignal: signal });
  const start = 'Range' in resume ? startByte : 0;
  return {
    stream: reply.Body as Readable,
    startByte: start,
    totalBytes: reply.ContentLength === undefined ? undefined : start + reply.ContentLength,
    version: reply.ETag,
  };
}

/**
 * The bytes of an object. Stores that a caller names pass the same guard as URLs and get no credentials; the
 * operator's own store gets them and is trusted.
 */
export function s3Source(
  location: S3Location,
  store: S3Store,
  policy: FetchPolicy,
  limits: FetchLimits,
): ByteSource {
  // One client for all connections: it remembers how far the clock of this machine is off.
  let client: S3Client | undefined;
  return {
    async open(startByte, version, signal) {
      if (isOwnEndpoint(store, location.endpoint)) refuseForeignBucket(location.bucket, store);
      client ??= createS3Client({
        store,
        region: location.region,
        endpoint: location.endpoint,
        policy,
        maxAttempts: 1,
        connectTimeoutMs: limits.connectTimeoutMs,
        silenceTimeoutMs: limits.headersTimeoutMs,
      });
      try {
        return await readFrom(client, location, startByte, version, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (isSpeechError(error)) throw error;
        // The object was replaced since the cut: what is on the disk is of no use.
        if (error instanceof Error && error.name === 'PreconditionFailed') {
          return await readFrom(client, location, 0, undefined, signal);
        }
        throw failedS3Try(error).kind === 'passing'
          ? new TransferInterrupted('the S3 store could not be reached')
          : (s3Error(error) ?? new TransferInterrupted('the S3 store could not be reached'));
      }
    },
  };
}
