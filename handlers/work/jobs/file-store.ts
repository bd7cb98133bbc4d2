import { InvalidInputError } from '../../../core/errors.ts';
import type { OutputRequest } from '../../../sdk/contract/index.ts';
import type { S3ResultOptions } from '../s3/s3-result-options.ts';
import { openS3ResultStore, type ObjectLink, type S3ResultStore } from '../s3/s3-result-store.ts';
import { isOwnEndpoint, refuseForeignBucket } from '../s3/s3-store.ts';
import type { JobHooks } from './job-services.ts';

/** Where a file was put. */
export type StoredFile = ObjectLink & { readonly s3: { readonly bucket: string; readonly key: string } };

/** Puts one file of a job, and links to it. */
export type FileStore = (name: string, bytes: Buffer, mediaType: string) => Promise<StoredFile>;

/**
 * Checks, before any work, that the worker may write where a job wants its files.
 *
 * @throws InvalidInputError `invalid_option` for another store than the worker's: its credentials go nowhere else;
 * RemoteError `unauthorized` for a bucket that jobs may not name
 */
export function checkTarget({ store, bucket }: S3ResultOptions, target: OutputRequest['s3']): void {
  if (!isOwnEndpoint(store, target?.endpoint)) {
    throw new InvalidInputError(
      'invalid_option',
      'output.s3.endpoint is not the store of this worker; leave it out, or have the worker configured for that store.',
    );
  }
  refuseForeignBucket(target?.bucket ?? bucket, store, bucket);
}

/** Opens the store that a job names, always with the worker's own credentials. @throws as `checkTarget` does */
export async function openTargetStore(
  options: S3ResultOptions,
  target: OutputRequest['s3'],
): Promise<S3ResultStore> {
  checkTarget(options, target);
  const { store: own } = options;
  const store = target?.region === undefined ? own : { ...own, region: target.region };
  return openS3ResultStore({ ...options, store });
}

/**
 * The place for the files of one job: the bucket that it names, else the worker's own.
 *
 * The function that it returns throws OutputError `output_not_writable`.
 *
 * @throws as `checkTarget` does
 */
export async function openFileStore(
  options: S3ResultOptions,
  target: OutputRequest['s3'],
  { requestId, signal, onSlowDelivery }: Pick<JobHooks, 'requestId' | 'signal' | 'onSlowDelivery'>,
): Promise<FileStore> {
  const { bucket, prefix = '' } = target ?? { bucket: options.bucket, prefix: options.keyPrefix };
  const store = await openTargetStore(options, target);
  return async (name, bytes, mediaType) => {
    const key = `${prefix}${requestId.replace(/[^\w-]/g, '_')}/${name}`;
    const link = await store.put({ bucket, key, mediaType, bytes }, { signal, onSlow: onSlowDelivery });
    return { ...link, s3: { bucket, key } };
  };
}
