import type { BatchStore, VersionedObject } from '../store/batch-store.ts';

/** One recording to work on. */
export type BatchItem = {
  readonly id: string;
  /** Where the recording is. */
  readonly store: BatchStore;
  readonly object: VersionedObject;
  /** Name of its results: the key below SOURCE, or what a manifest calls it. */
  readonly name: string;
  /** Its result is there, and only its files are missing. */
  readonly hasResult: boolean;
  /** Options of this recording alone, over those of the batch. */
  readonly options?: Readonly<Record<string, unknown>>;
};
