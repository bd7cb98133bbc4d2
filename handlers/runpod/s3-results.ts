import { randomUUID } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { OutputError } from '../../core/errors.ts';
import type { OversizedResult } from './oversized-result.ts';

/** The bucket for results that the platform will not carry. */
export type S3ResultOptions = {
  readonly bucket: string;
  readonly region: string;
  /** For stores other than AWS; path-style addresses are used then. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** In front of every key, for instance `results/`. */
  readonly keyPrefix: string;
  /** How long the link in the result works. */
  readonly linkSeconds: number;
};

/** The output in place of a large one: where the real output can be fetched as JSON, and until when. */
export type StoredResult = {
  readonly storedResult: {
    readonly url: string;
    readonly bytes: number;
    readonly contentType: 'application/json';
    readonly expiresAt: string;
  };
};

/** The variables of the original worker's upload helper, plus a name for the bucket and the region. */
export function parseS3ResultOptions(
  env: Readonly<Record<string, string | undefined>>,
): S3ResultOptions | undefined {
  const bucket = env.BUCKET_NAME;
  if (bucket === undefined || bucket === '') return undefined;
  const accessKeyId = env.BUCKET_ACCESS_KEY_ID;
  const secretAccessKey = env.BUCKET_SECRET_ACCESS_KEY;
  return {
    bucket,
    region: env.BUCKET_REGION ?? 'us-east-1',
    ...(env.BUCKET_ENDPOINT_URL ? { endpoint: env.BUCKET_ENDPOINT_URL } : {}),
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
    keyPrefix: env.BUCKET_KEY_PREFIX ?? 'colloquy-results/',
    linkSeconds: 7 * 24 * 3600,
  };
}

/**
 * Uploads large outputs and answers with a presigned link.
 *
 * The function that it returns throws OutputError `output_not_writable`, without key or address, when the store
 * does not take the object.
 */
export function storeResultsInS3(options: S3ResultOptions): OversizedResult {
  const client = new S3Client({
    region: options.region,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, forcePathStyle: true }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  });
  return async ({ job, json }): Promise<StoredResult> => {
    const body = Buffer.from(json, 'utf8');
    const address = {
      Bucket: options.bucket,
      Key: `${options.keyPrefix}${encodeURIComponent(job.id)}/${randomUUID()}.json`,
    };
    try {
      await client.send(new PutObjectCommand({ ...address, Body: body, ContentType: 'application/json' }));
      const url = await getSignedUrl(client, new GetObjectCommand(address), {
        expiresIn: options.linkSeconds,
      });
      const expiresAt = new Date(Date.now() + options.linkSeconds * 1000).toISOString();
      return { storedResult: { url, bytes: body.byteLength, contentType: 'application/json', expiresAt } };
    } catch (error) {
      throw new OutputError(
        'output_not_writable',
        `The result of ${body.byteLength} bytes could not be stored (${s3Reason(error)}). Check the bucket, region ` +
          'and credentials of the worker.',
        { details: { bytes: body.byteLength }, cause: error },
      );
    }
  };
}

/** Name of the error of the store: a fixed word such as `AccessDenied`, never its text. */
function s3Reason(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  return /^[A-Za-z]{1,64}$/.test(name) ? name : 'unknown error';
}
