import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { AudioFetcher } from '../../work/fetch-audio/index.ts';
import { importForS3 } from '../../work/s3/load-s3-packages.ts';
import type { S3Store } from '../../work/s3/s3-store.ts';
import type { BatchStore } from './batch-store.ts';
import { FolderStore, type FolderStoreOptions } from './folder-store.ts';
import { parsePlace } from './parse-place.ts';
import { hasAtomicCreate } from './probe-store.ts';

/** A store, and where in it. */
export type OpenedPlace = {
  readonly store: BatchStore;
  /** Empty, or ending with `/`. */
  readonly prefix: string;
};

/** Opens folders and buckets; a bucket is opened once. */
export class Places {
  readonly #s3: S3Store;
  readonly #fetcher: AudioFetcher;
  readonly #folders: FolderStoreOptions;

  /** @param s3 address, region and credentials of all buckets; what is missing the AWS environment says */
  constructor(s3: S3Store, fetcher: AudioFetcher, folders: FolderStoreOptions = {}) {
    this.#s3 = s3;
    this.#fetcher = fetcher;
    this.#folders = folders;
  }

  /**
   * A place to read from.
   *
   * @throws InvalidInputError `invalid_option`
   */
  async open(text: string): Promise<OpenedPlace> {
    const place = parsePlace(text);
    if (place.kind === 'folder') return { store: new FolderStore(place.folder, this.#folders), prefix: '' };
    return { store: await this.#bucket(place.bucket, true), prefix: place.prefix };
  }

  /** A place to write to: whether it keeps two writers apart is found out, and not believed. */
  async openTarget(text: string, signal: AbortSignal): Promise<OpenedPlace> {
    const opened = await this.open(text);
    const place = parsePlace(text);
    if (place.kind === 'folder') return opened;
    if (await hasAtomicCreate(opened.store, `${place.prefix}.colloquy/`, signal)) return opened;
    return { store: await this.#bucket(place.bucket, false), prefix: place.prefix };
  }

  async #bucket(bucket: string, atomic: boolean): Promise<BatchStore> {
    // The AWS client takes a quarter of a second to load.
    const { createS3Client } = await importForS3(() => import('../../work/s3/s3-client.ts'));
    const { S3BatchStore } = await import('./s3-batch-store.ts');
    const client = createS3Client({
      store: this.#s3,
      maxAttempts: 1,
      connectTimeoutMs: 10_000,
      silenceTimeoutMs: 60_000,
    });
    return new S3BatchStore(client, bucket, {
      endpoint: this.#s3.endpoint,
      region: this.#s3.region,
      hasAtomicCreate: atomic,
      download: (name, key) => ({
        open: async (signal) => {
          const fetched = await this.#fetcher.fetch({ s3: { bucket: name, key } }, signal);
          return { audio: { path: fetched.path, name: 'the recording' }, dispose: () => fetched.dispose() };
        },
      }),
    });
  }
}

/** Key of `inner` below `outer`; `undefined` where it is not in there. Empty for the same place. */
export function keyWithin(outer: string, inner: string): string | undefined {
  const [a, b] = [parsePlace(outer), parsePlace(inner)];
  if (a.kind === 's3' && b.kind === 's3') {
    return a.bucket === b.bucket && b.prefix.startsWith(a.prefix)
      ? b.prefix.slice(a.prefix.length)
      : undefined;
  }
  if (a.kind !== 'folder' || b.kind !== 'folder') return undefined;
  const path = relative(resolve(a.folder), resolve(b.folder));
  if (path === '') return '';
  return isAbsolute(path) || path === '..' || path.startsWith(`..${sep}`)
    ? undefined
    : `${path.split(sep).join('/')}/`;
}
