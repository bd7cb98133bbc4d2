import type { OpenedPlace } from '../store/open-place.ts';
import type { BatchStore } from '../store/batch-store.ts';
import { batchNameOf, type BatchPlan, readPlan } from '../batch-plan.ts';
import { layoutOf } from '../ends/batch-layout.ts';
import { EndWriter } from '../ends/end-writer.ts';
import type { BatchExecutor } from '../execute/batch-executor.ts';
import { DependencyError } from '../../../core/errors.ts';
import type { BatchReference } from './queue-job.ts';

/** A batch that a worker works for. */
export type WorkedBatch = { readonly ends: EndWriter; readonly executor: BatchExecutor };

/** What a worker needs of its surroundings. */
export type QueueWorkplace = {
  /** The store of that name, as this worker reaches it. */
  storeNamed(name: string, use: 'source' | 'target'): Promise<BatchStore>;
  /** Works for a plan. @throws ModelError and others where this worker lacks what the plan needs */
  executorFor(plan: BatchPlan): Promise<BatchExecutor>;
};

/** The batches of a worker, each opened once. */
export class QueueBatches {
  readonly #opened = new Map<string, Promise<WorkedBatch>>();
  readonly #workplace: QueueWorkplace;

  constructor(workplace: QueueWorkplace) {
    this.#workplace = workplace;
  }

  open(reference: BatchReference, signal: AbortSignal): Promise<WorkedBatch> {
    const key = JSON.stringify(reference);
    const opened = this.#opened.get(key) ?? this.#open(reference, signal);
    this.#opened.set(key, opened);
    // What failed is tried again with the next job.
    opened.catch(() => this.#opened.delete(key));
    return opened;
  }

  async source(name: string): Promise<BatchStore> {
    return this.#workplace.storeNamed(name, 'source');
  }

  async #open(
    { name, store: storeName, prefix, files }: BatchReference,
    signal: AbortSignal,
  ): Promise<WorkedBatch> {
    const target: OpenedPlace = { store: await this.#workplace.storeNamed(storeName, 'target'), prefix };
    const layout = layoutOf(prefix, name, files);
    const plan = await readPlan(target.store, layout, signal);
    if (plan === undefined || batchNameOf(plan) !== name) {
      throw new DependencyError(
        'configuration_invalid',
        'The queue names a batch whose plan this worker cannot find or read. Does it reach the same TARGET, with the same version of Colloquy?',
      );
    }
    const executor = await this.#workplace.executorFor(plan);
    return { ends: new EndWriter(target.store, layout, plan.formats), executor };
  }
}
