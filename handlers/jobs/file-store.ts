import { InvalidInputError, OutputError } from '../../core/errors.ts';
import type { OutputRequest } from '../../sdk/contract/index.ts';
import type { S3ResultOptions } from '../runpod/s3-results.ts';
import { isOwnEndpoint } from '../s3/s3-store.ts';

/** Where a file was put. */
export type StoredFile = {
  readonly url: string;
  readonly expiresAt: string;
  readonly s3: { readonly bucket: string; readonly key: string };
};

/** A bucket that takes files and gives links. */
export type FileStore = {
  put: (key: string, bytes: Buffer, mediaType: string) => Promise<StoredFile>;
};

/**
 * The bucket that a job names, with the worker's own credentials.
 *
 * @throws InvalidInputError `invalid_option` for another store than the worker's: its credentials go nowhere else
 */
export async function openFileStore(
  options: S3ResultOptions,
  target: NonNullable<OutputRequest['s3']>,
): Promise<FileStore> {
  if (!isOwnEndpoint(options.store, target.endpoint)) {
    throw new InvalidInputError(
      'invalid_option',
      'output.s3.endpoint is not the store of this worker; leave it out, or have the worker configured for that store.',
    );
  }
  const [{ GetObjectCommand, PutObjectCommand }, { getSignedUrl }, { createS3Client }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/s3-request-presigner'),
    import('../s3/s3-client.ts'),
  ]);
  const store = target.region === undefined ? options.store : { ...options.store, region: target.region };
  const client = createS3Client({ store, connectTimeoutMs: 5_000, headersTimeoutMs: 60_000 });
  return {
    put: async (key, bytes, mediaType) => {
      const address = { Bucket: target.bucket, Key: key };
      try {
        await client.send(new PutObjectCommand({ ...address, Body: bytes, ContentType: mediaType }));
        const url = await getSignedUrl(client, new GetObjectCommand(address), {
          expiresIn: options.linkSeconds,
        });
        const expiresAt = new Date(Date.now() + options.linkSeconds * 1000).toISOString();
        return { url, expiresAt, s3: { bucket: target.bucket, key } };
      } catch (cause) {
        throw new OutputError(
          'output_not_writable',
          'A file of the result could not be stored. Check the bucket, the region and what the credentials of the worker may do.',
          { cause },
        );
      }
    },
  };
}
