import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { BatchItem } from '../items/batch-item.ts';
import { ITEM_ID } from '../items/item-id.ts';

/** Which batch an item is of: all that a worker needs to open it. */
export const batchReferenceSchema = z.object({
  /** Name of the batch; its plan lies in the target. */
  name: z.string(),
  /** Name of the target's store, as `BatchStore.name` has it. */
  store: z.string(),
  prefix: z.string(),
  files: z.enum(['results', 'beside']),
});

export type BatchReference = z.infer<typeof batchReferenceSchema>;

/** What is in the queue: where a recording is. No credentials, and nothing that was said. */
export const queueJobSchema = z.object({
  schemaVersion: z.literal(1),
  batch: batchReferenceSchema,
  item: z.object({
    id: z.string().regex(ITEM_ID),
    store: z.string(),
    key: z.string(),
    version: z.string(),
    sizeBytes: z.number(),
    name: z.string(),
    options: z.record(z.string(), z.unknown()).exactOptional(),
  }),
});

export type QueueJob = z.infer<typeof queueJobSchema>;

/** What a job returns that ended well. */
export const jobReturnSchema = z.discriminatedUnion('ended', [
  z.object({ ended: z.literal('done'), audioSeconds: z.number() }),
  z.object({ ended: z.literal('replaced') }),
]);

export function queueJobOf(batch: BatchReference, item: BatchItem): QueueJob {
  const { id, store, object, name, options } = item;
  const { key, version, sizeBytes } = object;
  return {
    schemaVersion: 1,
    batch,
    item: { id, store: store.name, key, version, sizeBytes, name, ...(options && { options }) },
  };
}

/**
 * Id of an item's job: the item's own, and the target's, since two targets may want the same item. BullMQ takes no colons
 * and not only digits.
 */
export function queueJobIdOf({ store, prefix, files }: BatchReference, item: string): string {
  const target = createHash('sha256')
    .update(JSON.stringify([store, prefix, files]))
    .digest('hex');
  return `${item}-${target.slice(0, 10)}`;
}
