import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { CapacityError } from '../../../core/errors.ts';
import { jsonBytes, readJson, type BatchStore } from './batch-store.ts';

const LEASE_MS = 120_000;
const RENEW_MS = 30_000;
/** Whoever lives renews a lease in this time. */
const WATCH_MS = RENEW_MS + 5_000;

/** For tests: how long is waited, and by which clock. */
type LockOptions = {
  readonly settleMs?: number;
  readonly watchMs?: number;
  readonly now?: () => number;
};

type Lease = { readonly owner: string; readonly host: string; readonly expiresAtMs: number };

/**
 * Keeps other writers out of a store that cannot do it itself, as well as a store without conditions can: a lease that is
 * renewed while its owner lives, and written, waited for and read again before it counts. Clocks of two machines may
 * differ, or be set: a lease that is over, or longer than any, is watched, and holds if somebody renews it.
 *
 * @returns gives the store free
 * @throws CapacityError `overloaded` while another process holds it
 */
export async function lockForWriting(
  store: BatchStore,
  key: string,
  signal: AbortSignal,
  { settleMs = 2_000, watchMs = WATCH_MS, now = Date.now }: LockOptions = {},
): Promise<() => Promise<void>> {
  const owner = randomUUID();
  const read = async (): Promise<Lease | undefined> =>
    (await readJson(store, key, signal)) as Lease | undefined;
  const held = await read();
  if (held !== undefined) {
    const leftMs = held.expiresAtMs - now();
    if (leftMs > 0 && leftMs <= LEASE_MS) throw heldBy(held);
    await delay(watchMs, undefined, { signal });
    const seen = await read();
    if (seen !== undefined && (seen.owner !== held.owner || seen.expiresAtMs !== held.expiresAtMs))
      throw heldBy(seen);
  }
  const renew = (): Promise<void> => {
    const lease: Lease = { owner, host: hostname(), expiresAtMs: now() + LEASE_MS };
    return store.write(key, jsonBytes(lease), 'application/json', signal);
  };
  await renew();
  // Two that wrote at once: the later one's lease is there after a while, and the other sees that.
  await delay(settleMs, undefined, { signal });
  const winner = await read();
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
