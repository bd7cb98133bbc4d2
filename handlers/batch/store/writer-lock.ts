import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { CapacityError } from '../../../core/errors.ts';
import { jsonBytes, readJson, type BatchStore } from './batch-store.ts';

const LEASE_MS = 120_000;
const RENEW_MS = 30_000;

type Lease = { readonly owner: string; readonly host: string; readonly expiresAtMs: number };

/**
 * Keeps other writers out of a store that cannot do it itself, as well as a store without conditions can: a lease that is
 * renewed while its owner lives, and written, waited for and read again before it counts.
 *
 * @returns gives the store free
 * @throws CapacityError `overloaded` while another process holds it
 */
export async function lockForWriting(
  store: BatchStore,
  key: string,
  signal: AbortSignal,
  { settleMs = 2_000, now = Date.now }: { readonly settleMs?: number; readonly now?: () => number } = {},
): Promise<() => Promise<void>> {
  const owner = randomUUID();
  const held = (await readJson(store, key, signal)) as Lease | undefined;
  if (held !== undefined && held.expiresAtMs > now()) throw heldBy(held);
  const renew = (): Promise<void> => {
    const lease: Lease = { owner, host: hostname(), expiresAtMs: now() + LEASE_MS };
    return store.write(key, jsonBytes(lease), 'application/json', signal);
  };
  await renew();
  // Two that wrote at once: the later one's lease is there after a while, and the other sees that.
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const winner = (await readJson(store, key, signal)) as Lease | undefined;
  if (winner !== undefined && winner.owner !== owner) throw heldBy(winner);
  const timer = setInterval(() => void renew().catch(() => undefined), RENEW_MS);
  return async () => {
    clearInterval(timer);
    await store.remove(key, AbortSignal.timeout(10_000)).catch(() => undefined);
  };
}

function heldBy({ host }: Lease): CapacityError {
  return new CapacityError(
    'overloaded',
    `The store does not keep two writers apart, and another process (on ${host}) is writing there. Wait for it, or two minutes after it died.`,
  );
}
