import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { InvalidInputError, type SpeechError } from '../../../core/errors.ts';
import { checkQueueStore, queueStoreError } from './check-queue-store.ts';
import { loadQueuePackages } from './queue-packages.ts';

/** Whoever answers nothing in this time is not there, or is no Redis. */
const ANSWER_MS = 10_000;

/** A store that is away for longer ends the process; shorter outages are waited out. */
const AWAY_MS = 120_000;

/** A connection to the store of a queue. */
export type QueueStore = {
  readonly client: Redis;
  /** Why the queue cannot be worked with any more; `undefined` while it can. */
  fault(): SpeechError | undefined;
  /** Ends what uses the store, if the store is there: else it would be waited for. */
  end(users: readonly { close(): Promise<void> }[]): Promise<void>;
  close(): void;
};

export type QueueStoreOptions = {
  /** Told once when the store is lost, and when it is back. */
  readonly onNote?: (message: string) => void;
  /** @default 120000 ms */
  readonly awayMs?: number;
  /** @default 10000 ms */
  readonly answerMs?: number;
};

/**
 * Connects to Valkey or Redis and makes sure that it can hold the queue.
 *
 * @throws InvalidInputError `invalid_option`; DependencyError `dependency_missing`, `configuration_invalid`; RemoteError
 * `remote_failed`, `unauthorized`
 */
export async function openQueueStore(url: string, options: QueueStoreOptions = {}): Promise<QueueStore> {
  const { onNote = () => undefined, awayMs = AWAY_MS, answerMs = ANSWER_MS } = options;
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw new InvalidInputError(
      'invalid_option',
      'Expected the queue as redis://HOST:PORT, or rediss://HOST:PORT with TLS.',
    );
  }
  const { Redis } = await loadQueuePackages();
  const client = new Redis(url, {
    lazyConnect: true,
    // Waits for a store that is away instead of failing: workers and submitters outlive it.
    maxRetriesPerRequest: null,
    connectTimeout: answerMs,
  });
  // BullMQ makes copies for itself, which would look for a store that is away for ever.
  const clients = [client];
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (options) => {
    const copy = duplicate(options);
    clients.push(copy);
    return copy;
  };
  let [lastError, lostAtMs]: [unknown, number | undefined] = [undefined, undefined];
  client.on('error', (error: unknown) => (lastError = error));
  try {
    await answered(client, answerMs, () => lastError);
  } catch (error) {
    client.disconnect();
    throw error;
  }
  client.on('close', () => {
    if (lostAtMs === undefined) onNote('The store of the queue is away; its return is waited for.');
    lostAtMs ??= performance.now();
  });
  client.on('ready', () => {
    if (lostAtMs !== undefined) onNote('The store of the queue is back.');
    lostAtMs = undefined;
  });
  return {
    client,
    fault: () =>
      lostAtMs !== undefined && performance.now() - lostAtMs > awayMs
        ? queueStoreError(lastError)
        : undefined,
    end: async (users) => {
      if (client.status === 'ready') await Promise.all(users.map((user) => user.close()));
    },
    close: () => clients.forEach((one) => one.disconnect()),
  };
}

async function answered(client: Redis, answerMs: number, lastError: () => unknown): Promise<void> {
  const over = new AbortController();
  const late = delay(answerMs, undefined, { signal: over.signal }).then(() => {
    throw queueStoreError(lastError() ?? { message: '' });
  });
  late.catch(() => undefined);
  const asked = client
    .connect()
    .catch((error: unknown) => {
      throw queueStoreError(lastError() ?? error);
    })
    .then(() => checkQueueStore({ info: (section) => infoOf(client, section) }));
  asked.catch(() => undefined);
  try {
    await Promise.race([asked, late]);
  } finally {
    over.abort();
  }
}

async function infoOf(client: Redis, section: string): Promise<string> {
  try {
    return await client.info(section);
  } catch (error) {
    throw queueStoreError(error);
  }
}
