import { randomUUID } from 'node:crypto';
import type { StoredResult } from '../../sdk/contract/index.ts';
import type { S3ResultOptions } from '../work/s3/s3-result-options.ts';
import { openS3ResultStore, type S3ResultStore } from '../work/s3/s3-result-store.ts';
import type { OversizedResult } from './jobs/oversized-result.ts';

/**
 * Uploads large outputs; the output in their place says where the real one can be fetched as JSON, and until when.
 *
 * The function that it returns throws OutputError `output_not_writable` when the store does not take the object.
 */
export function storeResultsInS3(options: S3ResultOptions): OversizedResult {
  let opened: Promise<S3ResultStore> | undefined;
  return async ({ job, json }): Promise<StoredResult> => {
    const store = await (opened ??= openS3ResultStore(options.store, options.linkSeconds));
    const bytes = Buffer.from(json, 'utf8');
    const mediaType = 'application/json';
    const key = `${options.keyPrefix}${job.id.replace(/[^\w-]/g, '_')}/${randomUUID()}.json`;
    const link = await store.put({ bucket: options.bucket, key, mediaType }, bytes);
    return { storedResult: { ...link, bytes: bytes.length, contentType: mediaType } };
  };
}
