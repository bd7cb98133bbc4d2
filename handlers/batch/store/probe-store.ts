import { randomUUID } from 'node:crypto';
import type { BatchStore } from './batch-store.ts';

/**
 * Whether a store refuses to create what is there: two writes under one key, of which the second must fail. Stores
 * that take both would let two machines overwrite each other's results.
 *
 * @param store as if it could
 * @param prefix where the probe may be written, ending with `/`; it is removed again
 */
export async function hasAtomicCreate(
  store: BatchStore,
  prefix: string,
  signal: AbortSignal,
): Promise<boolean> {
  const key = `${prefix}probe-${randomUUID()}`;
  const bytes = new TextEncoder().encode('probe\n');
  try {
    const first = await store.create(key, bytes, 'text/plain', signal);
    const second = await store.create(key, bytes, 'text/plain', signal);
    return first && !second;
  } finally {
    await store.remove(key, signal);
  }
}
