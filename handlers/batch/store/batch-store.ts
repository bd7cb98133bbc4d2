import type { JobRecording } from '../../work/jobs/job-recording.ts';

/** An object, or a file of a folder, as a listing tells it. */
export type StoredObject = {
  /** Below the root of the store, with `/` between its parts. */
  readonly key: string;
  readonly sizeBytes: number;
  /** Changes whenever the contents change; absent where a listing does not know it: see `BatchStore.head`. */
  readonly version?: string;
};

/** An object whose version is known. */
export type VersionedObject = Required<StoredObject>;

/** A bucket in the words of the contract; never credentials. */
export type BucketPlace = { readonly bucket: string; readonly endpoint?: string; readonly region?: string };

/**
 * Where recordings and results are: a bucket of an S3 store, or a folder.
 *
 * The order of keys in `list` is the same each time, and a page is at most a thousand objects.
 */
export interface BatchStore {
  /** Names the store in items and plans: `s3://bucket` (with its endpoint) or `file:///folder`; never credentials. */
  readonly name: string;
  /** Whether `create` is atomic between processes; if not, only one process may write. */
  readonly hasAtomicCreate: boolean;
  /** How a worker elsewhere names the store in its jobs; a folder has no such name. */
  readonly bucket?: BucketPlace;
  list(prefix: string, signal: AbortSignal): AsyncIterable<readonly StoredObject[]>;
  /** `undefined` when there is no such object. */
  head(key: string, signal: AbortSignal): Promise<VersionedObject | undefined>;
  /** The bytes of a small object; `undefined` when there is none. */
  read(key: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /**
   * Writes an object that must not be there.
   *
   * @returns false when it is there already: somebody else was first
   */
  create(key: string, bytes: Uint8Array, contentType: string, signal: AbortSignal): Promise<boolean>;
  write(key: string, bytes: Uint8Array, contentType: string, signal: AbortSignal): Promise<void>;
  /** Nothing happens where there is none. */
  remove(key: string, signal: AbortSignal): Promise<void>;
  /**
   * A recording as an item was planned with: opening fails with `InputReplaced` when it has changed since.
   */
  recording(object: VersionedObject): JobRecording;
  /** A URL under which others may fetch a recording for so long: a key, never shown. Not every store has such. */
  addressOf?(object: VersionedObject, seconds: number): Promise<string>;
}

/** A recording is no longer the one that was planned: not a failure, the next plan sees the new one. */
export class InputReplaced extends Error {
  override readonly name = 'InputReplaced';

  constructor() {
    super('The recording was replaced or removed after it was planned.');
  }
}

/** A JSON object of a store; `undefined` when there is none. */
export async function readJson(store: BatchStore, key: string, signal: AbortSignal): Promise<unknown> {
  const bytes = await store.read(key, signal);
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
}

/** A value as the bytes of a JSON file, for people too. */
export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}
