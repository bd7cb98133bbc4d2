import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { throwIfAborted } from '../../../core/errors.ts';
import type { AudioSource } from '../../../sdk/contract/index.ts';
import { importForS3 } from '../s3/load-s3-packages.ts';
import { DEFAULT_S3_STORE, type S3Store } from '../s3/s3-store.ts';
import { writeBase64 } from './base64-source.ts';
import { diskError } from './append-bytes.ts';
import type { ByteSource } from './byte-source.ts';
import { downloadTo } from './download.ts';
import { DEFAULT_FETCH_LIMITS, type FetchLimits } from './fetch-limits.ts';
import { DEFAULT_FETCH_POLICY, type FetchPolicy } from './fetch-policy.ts';
import { createGuardedHttp } from './guarded-http.ts';
import { createJobFolder, sweepJobFolders } from './job-folder.ts';
import { urlSource } from './url-source.ts';

export { DEFAULT_FETCH_LIMITS, type FetchLimits } from './fetch-limits.ts';
export { DEFAULT_FETCH_POLICY, PRIVATE_FETCH_POLICY, type FetchPolicy } from './fetch-policy.ts';
export { createGuardedHttp, type GuardedHttp, type GuardedReply } from './guarded-http.ts';

/** How a worker gets at the audio of its jobs. */
export type AudioFetcherOptions = {
  readonly policy?: Partial<FetchPolicy>;
  readonly limits?: Partial<FetchLimits>;
  /** The operator's S3 store; without it the AWS environment decides. */
  readonly s3?: S3Store;
  /** Where job folders are made; a folder of the system's temporary one unless given. */
  readonly folder?: string;
};

/** Audio on the local disk, until it is disposed of. */
export type FetchedAudio = {
  readonly path: string;
  readonly bytes: number;
  /** Removes the file and its folder; may be called again. */
  dispose(): Promise<void>;
};

/** Turns any audio source of a job into a local file. */
export type AudioFetcher = {
  /**
   * Brings one recording into a folder of its own (mode 0700), under a name that is ours.
   *
   * @throws InvalidInputError `audio_too_large`, `invalid_option`; InputUnavailableError `audio_unreachable`,
   * `audio_url_forbidden`; DependencyError `configuration_invalid` or RemoteError `unauthorized` for S3;
   * CapacityError `overloaded` when the disk is full; CanceledError. Nothing is left on the disk then.
   */
  fetch(source: AudioSource, signal: AbortSignal): Promise<FetchedAudio>;
  /** Removes what a killed worker left behind; call it before the first job. */
  sweep(): Promise<number>;
  close(): Promise<void>;
};

/** Makes the one door through which audio enters a worker. */
export function createAudioFetcher(options: AudioFetcherOptions = {}): AudioFetcher {
  const policy: FetchPolicy = { ...DEFAULT_FETCH_POLICY, ...options.policy };
  const limits: FetchLimits = { ...DEFAULT_FETCH_LIMITS, ...options.limits };
  const store = options.s3 ?? DEFAULT_S3_STORE;
  const root = options.folder ?? join(tmpdir(), 'colloquy');
  const http = createGuardedHttp(policy, limits);

  async function bytesOf(source: Exclude<AudioSource, { base64: string }>): Promise<ByteSource> {
    if ('url' in source) return urlSource(source.url, http);
    // The AWS client takes a quarter of a second to load: only where a job names S3.
    const { s3Source } = await importForS3(() => import('../s3/s3-source.ts'));
    return s3Source(source.s3, store, policy, limits);
  }

  async function write(path: string, source: AudioSource, signal: AbortSignal): Promise<number> {
    if ('base64' in source) return writeBase64(path, source.base64, limits.maxBytes, signal);
    return downloadTo(path, await bytesOf(source), limits, signal);
  }

  return {
    async fetch(source, signal) {
      throwIfAborted(signal);
      const folder = await createJobFolder(root).catch((error: unknown) => {
        throw diskError(error);
      });
      try {
        const path = join(folder.path, 'audio');
        return { path, bytes: await write(path, source, signal), dispose: () => folder.dispose() };
      } catch (error) {
        await folder.dispose();
        throw error;
      }
    },
    sweep: () => sweepJobFolders(root),
    close: () => http.close(),
  };
}
