import { DeadlineError } from '../../../core/errors.ts';
import { SCHEMA_VERSION } from '../../../sdk/contract/index.ts';
import type { EndWriter } from '../ends/end-writer.ts';
import type { ItemResult } from '../ends/item-result.ts';
import type { EndedItem, ItemOutcome, ReadyItem } from '../execute/batch-executor.ts';
import type { Attempt } from './attempt-queue.ts';

/** An attempt that tells nothing for so long is ended, and its engine with it. */
export const DEFAULT_STALL_SECONDS = 900;

export type AttemptOptions = {
  readonly ends: EndWriter;
  /** Names this machine in end objects. */
  readonly worker: string;
  /** Seconds of a steady clock. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Infinity: never ended. */
  readonly stallSeconds: number;
  readonly onStage: (stage: string) => void;
};

/**
 * One attempt at an item: its work, ended when it hangs, then its result and files. Of an item that has a result only the
 * files are written.
 *
 * @throws what the attempt failed with; nothing is written then
 */
export async function attemptItem(
  attempt: Attempt,
  ready: ReadyItem,
  options: AttemptOptions,
): Promise<EndedItem> {
  const { ends, now, worker, signal } = options;
  const { item } = attempt;
  if (item.hasResult) {
    await ends.publish(item, signal);
    return { ended: 'done', audioSeconds: 0 };
  }
  const startedAt = now();
  const outcome = await watched(ready, options);
  if ('ended' in outcome) return outcome;
  const result = resultOf(attempt, outcome, now() - startedAt, worker);
  await ends.succeed(item, result, signal);
  return { ended: 'done', audioSeconds: result.facts.audioSeconds };
}

async function watched(
  ready: ReadyItem,
  { stallSeconds, signal, onStage }: AttemptOptions,
): Promise<ItemOutcome | EndedItem> {
  const stalled = new AbortController();
  const end = (): void =>
    stalled.abort(new DeadlineError(`The work told nothing for ${stallSeconds} s and was ended.`));
  const start = (): NodeJS.Timeout | undefined =>
    stallSeconds === Infinity ? undefined : setTimeout(end, stallSeconds * 1000);
  let timer = start();
  try {
    return await ready.run({
      signal: AbortSignal.any([signal, stalled.signal]),
      onProgress: (stage) => {
        clearTimeout(timer);
        timer = start();
        onStage(stage);
      },
    });
  } catch (error) {
    throw stalled.signal.aborted ? stalled.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

function resultOf(
  { item, number }: Attempt,
  result: ItemOutcome,
  computeSeconds: number,
  worker: string,
): ItemResult {
  return {
    schemaVersion: SCHEMA_VERSION,
    input: item.object.key,
    version: item.object.version,
    name: item.name,
    result,
    facts: {
      audioSeconds: result.durationSeconds,
      computeSeconds,
      bytesIn: item.object.sizeBytes,
      attempt: number,
      worker,
    },
  };
}
