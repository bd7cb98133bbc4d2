import type { BatchStore, StoredObject } from '../store/batch-store.ts';
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
    for await (const page of this.#store.list(this.#options.prefix, signal)) {
      yield page.flatMap((object) => this.entryOf(object, onProblem) ?? []);
    }
  }

  /** An object as an entry of this source; `undefined` for what does not belong to it or is no recording. */
  entryOf(object: StoredObject, onProblem: (problem: SourceProblem) => void): SourceEntry | undefined {
    const { key, sizeBytes } = object;
    if (!this.#takes(key)) return undefined;
    if (sizeBytes === 0) {
      onProblem({ where: key, message: 'is empty; it is passed over until it is not' });
      return undefined;
    }
    return { store: this.#store, object, name: key.slice(this.#options.prefix.length) };
  }

  /** What is there now under a key that somebody hinted at: `undefined` where it is nothing of this source. */
  async find(
    key: string,
    signal: AbortSignal,
    onProblem: (problem: SourceProblem) => void,
  ): Promise<SourceEntry | undefined> {
    if (!this.#takes(key)) return undefined;
    const object = await this.#store.head(key, signal);
    return object && this.entryOf(object, onProblem);
  }

  #takes(key: string): boolean {
    const { prefix, excludedPrefix, matches } = this.#options;
    if (!key.startsWith(prefix) || !isRecording(key)) return false;
    if (excludedPrefix !== undefined && key.startsWith(excludedPrefix)) return false;
    return matches === undefined || matches(key);
  }
}
