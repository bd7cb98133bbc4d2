import { createHash } from 'node:crypto';
import type { SpeechError } from '../../../core/errors.ts';
import { formatOf, renderResult } from '../../../core/formats/index.ts';
import { isRetryable } from '../../errors/error-mapping.ts';
import type { BatchItem } from '../items/batch-item.ts';
import { InputReplaced, jsonBytes, readJson, type BatchStore } from '../store/batch-store.ts';
import type { BatchLayout } from './batch-layout.ts';
import { type ItemResult, storedItem } from './item-result.ts';

/** Why an item failed for good. Nothing of the recording is in it. */
export type DeadLetter = {
  readonly input: string;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly attempts: number;
};

/** What is said of an item that is given up. */
export function letterOf(
  { item, number: attempts }: { readonly item: BatchItem; readonly number: number },
  failure: SpeechError,
): DeadLetter {
  const { code, message } = failure;
  return { input: item.object.key, code, message, retryable: isRetryable(failure), attempts };
}

/** Writes ends in the one order in which a crash at any point can be repaired. */
export class EndWriter {
  readonly #store: BatchStore;
  readonly #layout: BatchLayout;
  readonly #formats: readonly string[];

  constructor(store: BatchStore, layout: BatchLayout, formats: readonly string[]) {
    this.#store = store;
    this.#layout = layout;
    this.#formats = formats;
  }

  /**
   * Ends an item: the whole result first, and only if nobody was first; then the files, from whichever result won.
   *
   * @throws InputReplaced when the recording changed meanwhile: its files are not published
   */
  async succeed(item: BatchItem, result: ItemResult, signal: AbortSignal): Promise<void> {
    await this.#store.create(this.#layout.result(item.id), jsonBytes(result), 'application/json', signal);
    await this.publish(item, signal);
  }

  /**
   * Renders and writes the files of a result that is there, and marks them as written. Two processes that do it at
   * once write the same bytes, since both render the same object.
   */
  async publish(item: BatchItem, signal: AbortSignal): Promise<void> {
    const stored = storedItem(await readJson(this.#store, this.#layout.result(item.id), signal), item);
    const now = await item.store.head(item.object.key, signal);
    if (now?.version !== item.object.version) throw new InputReplaced();
    const files: { key: string; sha256: string; bytes: number }[] = [];
    for (const format of this.#formats) {
      const { mediaType, extension } = formatOf(format);
      const rendered = await renderResult(stored.result, format);
      const bytes = typeof rendered === 'string' ? new TextEncoder().encode(rendered) : rendered;
      const key = this.#layout.file(stored.name, extension);
      await this.#store.write(key, bytes, mediaType, signal);
      files.push({ key, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length });
    }
    await this.#store.create(
      this.#layout.published(item.id),
      jsonBytes({ files }),
      'application/json',
      signal,
    );
  }

  /** The end that an item has, if it has one: a result counts before a dead letter. */
  async endOf(item: string, signal: AbortSignal): Promise<'result' | 'dead' | 'replaced' | undefined> {
    const [result, dead, replaced] = await Promise.all(
      [this.#layout.result(item), this.#layout.dead(item), this.#layout.replaced(item)].map((key) =>
        this.#store.head(key, signal),
      ),
    );
    if (replaced !== undefined) return 'replaced';
    if (result !== undefined) return 'result';
    return dead === undefined ? undefined : 'dead';
  }

  /** Whether the item has a result; its files may not be out. */
  async resultOf(item: string, signal: AbortSignal): Promise<'result' | undefined> {
    return (await this.#store.head(this.#layout.result(item), signal)) === undefined ? undefined : 'result';
  }

  /** `undefined` where the item is not dead. */
  async deadLetter(item: string, signal: AbortSignal): Promise<DeadLetter | undefined> {
    return (await readJson(this.#store, this.#layout.dead(item), signal)) as DeadLetter | undefined;
  }

  async fail(item: BatchItem, letter: DeadLetter, signal: AbortSignal): Promise<void> {
    await this.#store.create(this.#layout.dead(item.id), jsonBytes(letter), 'application/json', signal);
  }

  /** Says that the recording is another one by now; the next plan makes a new item of that. */
  async replaced(item: BatchItem, signal: AbortSignal): Promise<void> {
    const note = { input: item.object.key };
    await this.#store.create(this.#layout.replaced(item.id), jsonBytes(note), 'application/json', signal);
  }
}
