import type { DiarizationResult, TranscriptResult } from '../../../core/result/result.ts';
import type { BatchItem } from '../items/batch-item.ts';

/** What an attempt can tell while it runs. */
export type AttemptHooks = {
  readonly signal: AbortSignal;
  /** Called whenever the work gets on; an attempt that is silent for too long is ended. */
  readonly onProgress: (stage: string, done: number, total: number | null) => void;
};

/** What an item comes to. */
export type ItemOutcome = DiarizationResult | TranscriptResult;

/** An item whose recording is here, or on its way. */
export type ReadyItem = {
  run(hooks: AttemptHooks): Promise<ItemOutcome>;
  /** Always called, whether it was run or not. */
  dispose(): Promise<void>;
};

/**
 * Where items are worked on: in this process, by a queue's workers, on an endpoint. Another engine is one file that
 * implements this.
 *
 * An executor makes one attempt and fails with a typed error; trying again, dead letters and ends are the runner's.
 */
export interface BatchExecutor {
  /** How many items may be in hand at once. */
  readonly concurrency: number;
  /** Begins to fetch the recording, so that the next one is here when its turn comes. */
  prepare(item: BatchItem, signal: AbortSignal): ReadyItem;
  close(): Promise<void>;
}
