import { CapacityError, InvariantError, type SpeechError } from '../../../core/errors.ts';
import type { Slots } from '../../../core/engine/slots.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';
import { letterOf } from '../ends/end-writer.ts';
import type { EndedItem, ReadyItem } from '../execute/batch-executor.ts';
import type { BatchItem } from '../items/batch-item.ts';
import { attemptItem } from '../run/attempt-item.ts';
import { failureClassOf } from '../run/failure-class.ts';
import type { QueueBatches, WorkedBatch } from './queue-batches.ts';
import type { QueueJob } from './queue-job.ts';
import { MOST_STARTS } from './queue-settings.ts';

/** A job as the queue hands it out. */
export type StartedJob = {
  readonly data: QueueJob;
  /** From 1; those that ended with the death of a worker do not count. */
  readonly attempt: number;
  readonly mostAttempts: number;
  /** How often somebody began with it. */
  readonly starts: number;
};

/** What became of a job: an end is written, or it is to be tried again. */
export type WorkedJob =
  EndedItem | { readonly ended: 'again'; readonly failure: SpeechError; readonly isSystemic: boolean };

export type WorkJobOptions = {
  readonly batches: QueueBatches;
  /** Recordings at work at once; the next ones are fetched meanwhile. */
  readonly slots: Slots;
  readonly worker: string;
  readonly stallSeconds: number;
  /** Aborted when the work in hand is to be given back. */
  readonly signal: AbortSignal;
  /** Aborted when nothing new is to be begun. */
  readonly stopping: AbortSignal;
};

/**
 * Makes one attempt at a job's item and writes its end: its result, or a dead letter when it was the last attempt.
 *
 * @throws the reason of a signal
 */
export async function workJob(job: StartedJob, options: WorkJobOptions): Promise<WorkedJob> {
  const { batches, signal } = options;
  let batch: WorkedBatch | undefined;
  let item: BatchItem | undefined;
  try {
    batch = await batches.open(job.data.batch, signal);
    item = await itemOf(job, batch, options);
    if (item === undefined) return { ended: 'done', audioSeconds: 0 };
    if (job.starts > MOST_STARTS) throw lost();
    return await attempt(item, job, batch, options);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (options.stopping.aborted && error === options.stopping.reason) throw error;
    const failure = toSpeechError(error);
    const kind = failureClassOf(error, failure);
    if (batch === undefined || item === undefined) return { ended: 'again', failure, isSystemic: true };
    if (kind === 'replaced') {
      await batch.ends.replaced(item, signal);
      return { ended: 'replaced' };
    }
    const isOver = kind === 'permanent' || job.attempt >= job.mostAttempts || job.starts > MOST_STARTS;
    if (!isOver) return { ended: 'again', failure, isSystemic: kind === 'systemic' };
    await batch.ends.fail(item, letterOf({ item, number: job.attempt }, failure), signal);
    return { ended: 'dead', failure };
  }
}

/** `undefined` where nothing is left to do. */
async function itemOf(
  { data, starts }: StartedJob,
  { ends }: WorkedBatch,
  { batches, signal }: WorkJobOptions,
): Promise<BatchItem | undefined> {
  const { id, store, name, options, ...object } = data.item;
  // Whoever planned it saw no end; somebody may have begun with it since.
  const end = starts > 1 ? await ends.endOf(id, signal) : await ends.resultOf(id, signal);
  if (end === 'dead' || end === 'replaced') return undefined;
  return {
    id,
    store: await batches.source(store),
    object,
    name,
    hasResult: end === 'result',
    ...(options && { options }),
  };
}

async function attempt(
  item: BatchItem,
  { attempt: number }: StartedJob,
  { ends, executor }: WorkedBatch,
  { slots, worker, stallSeconds, signal, stopping }: WorkJobOptions,
): Promise<EndedItem> {
  const ready = item.hasResult ? NOTHING_TO_RUN : executor.prepare(item, signal);
  try {
    await slots.acquire(stopping);
    try {
      const now = (): number => performance.now() / 1000;
      const watch = { ends, worker, now, signal, stallSeconds, onStage: () => undefined };
      return await attemptItem({ item, number }, ready, watch);
    } finally {
      slots.release();
    }
  } finally {
    await ready.dispose();
  }
}

const NOTHING_TO_RUN: ReadyItem = {
  run: () => Promise.reject(new InvariantError('An item with a result is not run again.')),
  dispose: () => Promise.resolve(),
};

function lost(): SpeechError {
  return new CapacityError(
    'engine_crashed',
    `Every worker that began with this recording died: ${MOST_STARTS} times.`,
  );
}
