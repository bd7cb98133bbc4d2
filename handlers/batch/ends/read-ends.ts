import type { BatchStore } from '../store/batch-store.ts';
import { compactText } from '../items/item-id.ts';
import { endOfKey, type BatchLayout } from './batch-layout.ts';

/** How far the items of a batch are, by their end objects. */
export class BatchEnds {
  /** Ended well, and their files are out. */
  readonly done = new Set<string>();
  /** A result is there, its files may not be: to be published, without audio and models. */
  readonly unpublished = new Set<string>();
  readonly dead = new Set<string>();
  readonly replaced = new Set<string>();

  /** Nothing is left to do for this item but, perhaps, to publish it. */
  has(item: string): boolean {
    return (
      this.done.has(item) || this.unpublished.has(item) || this.dead.has(item) || this.replaced.has(item)
    );
  }
}

/**
 * Lists all ends of a batch: a request a thousand of them, and none of their contents.
 *
 * Where a result and a dead letter exist, because a last attempt failed in one place and went well in another, the
 * result counts.
 */
export async function readEnds(
  store: BatchStore,
  layout: BatchLayout,
  signal: AbortSignal,
): Promise<BatchEnds> {
  const ends = new BatchEnds();
  for await (const page of store.list(layout.endsPrefix, signal)) {
    for (const { key } of page) {
      const end = endOfKey(key);
      if (end === undefined) continue;
      const item = compactText(end.item);
      if (end.kind === 'result') ends.unpublished.add(item);
      else if (end.kind === 'published') ends.done.add(item);
      else ends[end.kind].add(item);
    }
  }
  for (const item of ends.replaced) ends.unpublished.delete(item);
  // Published are only those that have a result; of a million, no third set is made.
  for (const item of ends.done) if (!ends.unpublished.delete(item)) ends.done.delete(item);
  for (const item of ends.dead) if (ends.done.has(item) || ends.unpublished.has(item)) ends.dead.delete(item);
  return ends;
}
