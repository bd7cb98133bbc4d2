import { OutputError, throwIfAborted } from '../../../core/errors.ts';
import { reasonOfS3Error } from './s3-errors.ts';
import type { S3Store } from './s3-store.ts';

/** Where an object can be fetched by whoever has the link, and until when. */
export type ObjectLink = { readonly url: string; readonly expiresAt: string };

/** The operator's store, as results need it. */
export type S3ResultStore = {
  /**
   * Puts an object and links to it.
   *
   * @throws OutputError `output_not_writable`, without bucket, key, address or the words of the store; nor are they in
   * a cause, since the store's error holds the whole request
   */
  put(
    object: { readonly bucket: string; readonly key: string; readonly mediaType: string },
    bytes: Buffer,
    signal?: AbortSignal,
  ): Promise<ObjectLink>;
};

/** Opens the store. The AWS client takes a quarter of a second to load: only for a worker that stores something. */
export async function openS3ResultStore(store: S3Store, linkSeconds: number): Promise<S3ResultStore> {
  const [{ GetObjectCommand, PutObjectCommand }, { getSignedUrl }, { createS3Client }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/s3-request-presigner'),
    import('./s3-client.ts'),
  ]);
  const client = createS3Client({ store, connectTimeoutMs: 5_000, headersTimeoutMs: 60_000 });
  return {
    put: async ({ bucket, key, mediaType }, bytes, signal) => {
      const address = { Bucket: bucket, Key: key };
      const command = new PutObjectCommand({ ...address, Body: bytes, ContentType: mediaType });
      try {
        await client.send(command, signal === undefined ? {} : { abortSignal: signal });
        const expiresAt = new Date(Date.now() + linkSeconds * 1000).toISOString();
        const url = await getSignedUrl(client, new GetObjectCommand(address), { expiresIn: linkSeconds });
        return { url, expiresAt };
      } catch (error) {
        throwIfAborted(signal);
        throw new OutputError(
          'output_not_writable',
          `A result of ${bytes.length} bytes could not be stored (${reasonOfS3Error(error)}). Check the bucket, the ` +
            'region and what the credentials of the worker may do.',
          { details: { bytes: bytes.length } },
        );
      }
    },
  };
}
