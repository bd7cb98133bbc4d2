import { FolderStore } from '../../../../handlers/batch/store/folder-store.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BatchItem } from '../../../../handlers/batch/items/batch-item.ts';
import { batchNameOf } from '../../../../handlers/batch/batch-plan.ts';
import { layoutOf } from '../../../../handlers/batch/ends/batch-layout.ts';
import { EndWriter } from '../../../../handlers/batch/ends/end-writer.ts';
import type { BatchExecutor, ItemOutcome } from '../../../../handlers/batch/execute/batch-executor.ts';
import { openQueueStore } from '../../../../handlers/batch/queue/open-queue-store.ts';
import { QueueBatches } from '../../../../handlers/batch/queue/queue-batches.ts';
import { QueueExecutor } from '../../../../handlers/batch/queue/queue-executor.ts';
import { workQueue } from '../../../../handlers/batch/queue/queue-worker.ts';
import type { WorkedJob } from '../../../../handlers/batch/queue/work-job.ts';
import { runBatch, type BatchOutcome } from '../../../../handlers/batch/run-batch.ts';
import { StoreSource } from '../../../../handlers/batch/sources/store-source.ts';
import { DIARIZE_PLAN, emptyDiarization } from '../../../support/batch-results.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** What happens when an item is worked on. */
export type ItemWork = (item: BatchItem, signal: AbortSignal) => Promise<void> | void;

/** A folder of recordings, and everything around a queue that works on them. */
export class QueueBatch {
  readonly folder = temporaryFolder();
  readonly store = new FolderStore(this.folder);
  /** Keys, as often as they were begun. */
  readonly tried: string[] = [];
  work: ItemWork = () => undefined;
  readonly #url: string;
  readonly #prefix = 'out/';

  constructor(url: string, count: number) {
    this.#url = url;
    mkdirSync(join(this.folder, 'in'));
    for (let number = 0; number < count; number += 1) this.put(`${number}.wav`, `recording ${number}`);
  }

  put(name: string, text: string): void {
    writeFileSync(join(this.folder, 'in', name), text);
  }

  /** Runs the batch as a submitter does. */
  async submit({
    signal = new AbortController().signal,
    awayMs = 60_000,
    attempts = 5,
    onOpen = () => undefined as void | Promise<void>,
  } = {}): Promise<BatchOutcome> {
    const name = batchNameOf(DIARIZE_PLAN);
    const store = await openQueueStore(this.#url, { awayMs, answerMs: 2_000 });
    const executor = await QueueExecutor.open({
      store,
      batch: { name, store: this.store.name, prefix: this.#prefix, files: 'results' },
      ends: new EndWriter(this.store, layoutOf(this.#prefix, name), DIARIZE_PLAN.formats),
      attempts,
      window: 50,
      lookMs: 500,
      faultLookMs: 50,
      firstRetryMs: 5,
    });
    try {
      await onOpen();
      return await runBatch(
        {
          plan: DIARIZE_PLAN,
          source: new StoreSource(this.store, { prefix: 'in/', excludedPrefix: this.#prefix }),
          target: { store: this.store, prefix: this.#prefix },
          files: 'results',
          waits: { firstDelayMs: 1, maxDelayMs: 1 },
          signal,
          onProblem: () => undefined,
        },
        executor,
        () => undefined,
      );
    } finally {
      await executor.close();
    }
  }

  /** A worker; `stop` asks it to end, as SIGTERM does. */
  startWorker({ graceMs = 2_000, awayMs = 60_000 } = {}) {
    const stop = new AbortController();
    const worked: WorkedJob[] = [];
    const running = (async () => {
      const store = await openQueueStore(this.#url, { awayMs, answerMs: 2_000 });
      try {
        const batches = new QueueBatches({
          storeNamed: () => Promise.resolve(this.store),
          executorFor: () => Promise.resolve(this.#executor()),
        });
        await workQueue({
          store,
          batches,
          concurrency: 2,
          stallSeconds: 10,
          signal: stop.signal,
          onWorked: (_, what) => worked.push(what),
          graceMs,
          lockMs: 1_500,
        });
      } finally {
        store.close();
      }
    })();
    running.catch(() => undefined);
    return {
      worked,
      running,
      stop: async () => {
        stop.abort();
        await running;
      },
    };
  }

  /** Ends of that kind, by their last part. */
  async ends(last: string): Promise<number> {
    let count = 0;
    const listing = this.store.list(`${this.#prefix}.colloquy/`, new AbortController().signal);
    for await (const page of listing)
      count += page.filter(({ key }) => key.includes('/ends/') && key.endsWith(`/${last}`)).length;
    return count;
  }

  #executor(): BatchExecutor {
    return {
      concurrency: 2,
      prepare: (item) => ({
        run: async ({ signal }): Promise<ItemOutcome> => {
          await item.store.recording(item.object).open(signal);
          this.tried.push(item.object.key);
          await this.work(item, signal);
          return emptyDiarization(item.object.key);
        },
        dispose: () => Promise.resolve(),
      }),
      close: () => Promise.resolve(),
    };
  }
}
