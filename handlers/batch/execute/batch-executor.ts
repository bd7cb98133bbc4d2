import type { SpeechError } from '../../../core/errors.ts';
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

/** An item whose end somebody else has written: the workers of a queue do so themselves. */
export type EndedItem =
  | { readonly ended: 'done'; readonly audioSeconds: number }
  | { readonly ended: 'dead'; readonly failure: SpeechError }
  | { readonly ended: 'replaced' };

/** The executor itself cannot go on: nothing is said of any item, and the batch stops. */
export class ExecutorFault extends Error {
  override readonly name = 'ExecutorFault';
  readonly failure: SpeechError;

  constructor(failure: SpeechError) {
    super(failure.message, { cause: failure });
    this.failure = failure;
  }
}

/** An item whose recording is here, or on its way. */
export type ReadyItem = {
  /** @throws ExecutorFault where no attempt can be made at all */
  run(hooks: AttemptHooks): Promise<ItemOutcome | EndedItem>;
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
  /** Attempts that hang are ended where they run: here an item may wait for hours before anybody works on it. */
  readonly watchesAttempts?: boolean;
  /** Begins to fetch the recording, so that the next one is here when its turn comes. */
  prepare(item: BatchItem, signal: AbortSignal): ReadyItem;
  close(): Promise<void>;
}
