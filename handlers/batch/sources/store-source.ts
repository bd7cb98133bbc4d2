import type { BatchStore } from '../store/batch-store.ts';
import type { BatchSource, SourceEntry, SourceProblem } from './batch-source.ts';
import { isRecording } from './recording-names.ts';

export type StoreSourceOptions = {
  /** Start of the keys: empty, or ending with `/`. */
  readonly prefix: string;
  /** Keys below this are results of ours: never input. */
  readonly excludedPrefix?: string | undefined;
  /** Only keys that match, of those below the prefix. */
  readonly matches?: ((key: string) => boolean) | undefined;
};

/** Every recording of a folder or bucket. */
export class StoreSource implements BatchSource {
  readonly description: string;
  readonly #store: BatchStore;
  readonly #options: StoreSourceOptions;

  constructor(store: BatchStore, options: StoreSourceOptions) {
    this.#store = store;
    this.#options = options;
    this.description = `${store.name}/${options.prefix}`;
  }

  async *entries(
    signal: AbortSignal,
    onProblem: (problem: SourceProblem) => void,
  ): AsyncGenerator<readonly SourceEntry[]> {
    const { prefix, excludedPrefix, matches } = this.#options;
    for await (const page of this.#store.list(prefix, signal)) {
      const entries: SourceEntry[] = [];
      for (const object of page) {
        const { key, sizeBytes } = object;
        if (!isRecording(key) || (excludedPrefix !== undefined && key.startsWith(excludedPrefix))) continue;
        if (matches !== undefined && !matches(key)) continue;
        if (sizeBytes === 0)
          onProblem({ where: key, message: 'is empty; it is passed over until it is not' });
        else entries.push({ store: this.#store, object, name: key.slice(prefix.length) });
      }
      yield entries;
    }
  }
}
