import { randomUUID } from 'node:crypto';
import type { StoredResult } from '../../sdk/contract/index.ts';
import type { FetchPolicy } from '../work/fetch-audio/fetch-policy.ts';
import { parseS3Config } from '../work/s3/caller-store.ts';
import type { S3ResultOptions } from '../work/s3/s3-result-options.ts';
import {
  openS3ResultStore,
  type S3ResultStore,
  type S3ResultStoreOptions,
} from '../work/s3/s3-result-store.ts';
import { oversizedError, type OversizedResult } from './jobs/oversized-result.ts';

export type StoreResultsOptions = Pick<S3ResultStoreOptions, 'schedule' | 'clock'> & {
  /** Which addresses a job may bring along. @default https and public ones */
  readonly policy?: FetchPolicy;
};

/**
 * Uploads large outputs to the bucket that a job brings along (its `s3Config`), else to the worker's; the output in
 * their place says where the real one can be fetched as JSON, and until when. Tried for up to ten minutes; the next job
 * may run meanwhile.
 *
 * The function that it returns throws OutputError `output_not_writable` when the store does not take the object,
 * `output_too_large` where there is no bucket at all; InvalidInputError `invalid_option` for an `s3Config` that is not
 * whole; InputUnavailableError `audio_url_forbidden` for one whose address is not public.
 *
 * @param options the worker's bucket; without one only jobs that bring theirs can have large outputs
 */
export function storeResultsInS3(
  options: S3ResultOptions | undefined,
  { policy, ...delivery }: StoreResultsOptions = {},
): OversizedResult {
  let own: Promise<S3ResultStore> | undefined;
  return async ({ job, json, bytes: bodyBytes, limitBytes, signal, freePlace }): Promise<StoredResult> => {
    const callers = parseS3Config(job.s3Config, policy);
    const target = callers ?? options;
    if (target === undefined) throw oversizedError(bodyBytes, limitBytes, 'result');
    const store = await (target === callers
      ? openS3ResultStore({ ...target, ...delivery })
      : (own ??= openS3ResultStore({ ...target, ...delivery })));
    const bytes = Buffer.from(json, 'utf8');
    const mediaType = 'application/json';
    const key = `${target.keyPrefix}${job.id.replace(/[^\w-]/g, '_')}/${randomUUID()}.json`;
    const link = await store.put(
      { bucket: target.bucket, key, mediaType, bytes },
      { signal, onSlow: freePlace },
    );
    return { storedResult: { ...link, bytes: bytes.length, contentType: mediaType } };
  };
}
