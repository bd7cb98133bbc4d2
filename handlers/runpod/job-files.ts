import {
  createAudioFetcher,
  type AudioFetcher,
  type FetchedAudio,
  type FetchLimits,
  type FetchPolicy,
} from '../work/fetch-audio/index.ts';
import { DEFAULT_FETCH_POLICY } from '../work/fetch-audio/fetch-policy.ts';
import { DependencyError } from '../../core/errors.ts';
import { parseS3Config } from '../work/s3/caller-store.ts';
import type { S3ResultOptions } from '../work/s3/s3-result-options.ts';
import { openS3ResultStore, type ObjectLink } from '../work/s3/s3-result-store.ts';
import type { JobContext } from './jobs/handler.ts';
import type { RunpodJob } from './jobs/job.ts';

/** How files of a job come and go. */
export type JobFilesOptions = {
  /** The worker's bucket, as `parseS3ResultOptions(process.env)` reads it. @default uploads need an `s3Config` */
  readonly bucket?: S3ResultOptions | undefined;
  /** Which addresses jobs may name. @default https and public ones */
  readonly policy?: Partial<FetchPolicy>;
  /** @default 2 GiB in 15 minutes, three redirects, resumed three times */
  readonly limits?: Partial<FetchLimits>;
  /** Where downloads lie. @default a folder of the system's temporary one */
  readonly folder?: string;
};

/** A file for a job to make. */
export type UploadedFile = {
  /** Last part of the key, as `result.zip`. */
  readonly name: string;
  readonly bytes: Buffer;
  /** @default application/octet-stream */
  readonly mediaType?: string;
};

/** What a job names comes in guarded, and what it makes goes where its caller can fetch it. */
export type JobFiles = {
  /**
   * Brings a file from an address that a caller named into a folder of its own; `dispose` removes it.
   *
   * Checked are scheme, port and every address that its name has, again after each redirect; the size while it comes.
   *
   * @throws InputUnavailableError `audio_url_forbidden`, `audio_unreachable`; InvalidInputError `audio_too_large`
   */
  download(url: string, context: Pick<JobContext, 'signal'>): Promise<FetchedAudio>;
  /**
   * Puts a file into the bucket of the job (its `s3Config`), else of the worker, and links to it for seven days. Tried
   * for up to ten minutes; the next job may run meanwhile.
   *
   * @throws OutputError `output_not_writable`; DependencyError `configuration_invalid` where there is no bucket
   */
  upload(
    job: RunpodJob,
    file: UploadedFile,
    context: Pick<JobContext, 'signal' | 'freePlace'>,
  ): Promise<ObjectLink>;
  /** Removes what a killed worker left behind; call it before the first job. */
  sweep(): Promise<number>;
  close(): Promise<void>;
};

/** Opens the helpers for the files of jobs; one for a whole worker. */
export function openJobFiles(options: JobFilesOptions = {}): JobFiles {
  const { bucket, folder, limits = {} } = options;
  const policy: FetchPolicy = { ...DEFAULT_FETCH_POLICY, ...options.policy };
  const fetcher: AudioFetcher = createAudioFetcher({
    policy,
    limits,
    ...(folder === undefined ? {} : { folder }),
  });
  return {
    download: (url, { signal }) => fetcher.fetch({ url }, signal),
    upload: async (job, { name, bytes, mediaType = 'application/octet-stream' }, { signal, freePlace }) => {
      const target = parseS3Config(job.s3Config, policy) ?? bucket;
      if (target === undefined) {
        throw new DependencyError(
          'configuration_invalid',
          'There is no bucket for files: send s3Config with the job, or set BUCKET_NAME on the worker.',
        );
      }
      const store = await openS3ResultStore(target);
      const key = `${target.keyPrefix}${job.id.replace(/[^\w-]/g, '_')}/${name}`;
      return store.put({ bucket: target.bucket, key, mediaType, bytes }, { signal, onSlow: freePlace });
    },
    sweep: () => fetcher.sweep(),
    close: () => fetcher.close(),
  };
}
