import { jsonBytes, readJson, type BatchStore } from '../store/batch-store.ts';
import type { BatchLayout } from '../ends/batch-layout.ts';

/** A submission of an item: the how-manieth, and its job where the platform's reply came. */
export type PastSubmission = { readonly number: number; readonly jobId: string | undefined };

/** An item is not submitted more often, whatever its attempts: each one is paid for. */
const MOST_SUBMISSIONS = 100;

/**
 * What was submitted of an item to a platform that takes the same job twice and does it twice: an intent is written
 * before, the job's id after. Whoever comes later goes on with that job.
 */
export class Submissions {
  readonly #store: BatchStore;
  readonly #layout: BatchLayout;

  constructor(store: BatchStore, layout: BatchLayout) {
    this.#store = store;
    this.#layout = layout;
  }

  /** The newest submission of an item. */
  async last(item: string, signal: AbortSignal): Promise<PastSubmission | undefined> {
    let last: PastSubmission | undefined;
    for (let number = 1; number <= MOST_SUBMISSIONS; number += 1) {
      const [intent, id] = await Promise.all([
        this.#store.head(this.#layout.submission(item, number, 'intent'), signal),
        readJson(this.#store, this.#layout.submission(item, number, 'id'), signal),
      ]);
      if (intent === undefined) return last;
      last = { number, jobId: (id as { jobId?: string } | undefined)?.jobId };
    }
    return last;
  }

  /** @returns false when somebody else is about to submit this one */
  intend(item: string, number: number, signal: AbortSignal): Promise<boolean> {
    const key = this.#layout.submission(item, number, 'intent');
    return this.#store.create(key, jsonBytes({}), 'application/json', signal);
  }

  async submitted(item: string, number: number, jobId: string, signal: AbortSignal): Promise<void> {
    const key = this.#layout.submission(item, number, 'id');
    await this.#store.create(key, jsonBytes({ jobId }), 'application/json', signal);
  }
}
