import type { BatchStore, StoredObject } from '../store/batch-store.ts';

/** A recording that a source names. */
export type SourceEntry = {
  readonly store: BatchStore;
  readonly object: StoredObject;
  /** Name of its results. */
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
};

/** Something that a source could not use. */
export type SourceProblem = { readonly where: string; readonly message: string };

/** Recordings to be worked on: a folder, a bucket, a list. */
export interface BatchSource {
  /** As plans show it: no credentials. */
  readonly description: string;
  /** Pages of recordings, in an order that is the same each time. */
  entries(
    signal: AbortSignal,
    onProblem: (problem: SourceProblem) => void,
  ): AsyncIterable<readonly SourceEntry[]>;
}
