import { InvariantError } from '../../../core/errors.ts';
import type { DiarizationResult, TranscriptResult } from '../../../core/result/result.ts';
import type { BatchItem } from '../items/batch-item.ts';

/** What an item came to, and what it cost: the end object. */
export type ItemResult = {
  readonly schemaVersion: number;
  /** Key of the recording in its store. */
  readonly input: string;
  readonly version: string;
  /** Name under which files are published. */
  readonly name: string;
  readonly result: DiarizationResult | TranscriptResult;
  readonly facts: ItemFacts;
};

/** Figures for rates and costs. */
export type ItemFacts = {
  readonly audioSeconds: number;
  readonly computeSeconds: number;
  readonly bytesIn: number;
  readonly attempt: number;
  readonly worker: string;
};

/** What a worker of an endpoint is told of an item, and returns with the end that it writes: see `storedItem`. */
export type ItemMetadata = Pick<ItemResult, 'input' | 'version' | 'name'>;

export function metadataOf({ object, name }: BatchItem): ItemMetadata {
  return { input: object.key, version: object.version, name };
}

/** The end object in its two forms: as a runner writes it, or the job's result that a worker put there by itself. */
type StoredEnd =
  | Pick<ItemResult, 'name' | 'result'>
  | {
      readonly results: readonly [{ readonly result: ItemResult['result'] }];
      readonly metadata?: Partial<ItemMetadata>;
    };

/** The result of an end object, and the name under which its files are published. */
export function storedItem(value: unknown, item: BatchItem): Pick<ItemResult, 'name' | 'result'> {
  const end = value as StoredEnd | undefined;
  if (end === undefined) throw new InvariantError('An end that was found is gone.');
  if ('result' in end) return end;
  return { name: end.metadata?.name ?? item.name, result: end.results[0].result };
}
