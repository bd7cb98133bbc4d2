/** Planning over stores in memory: what a third run reads, a million recordings, a fault that is everybody's. */
import { RemoteError } from '../../core/errors.ts';
import { batchNameOf, workOf } from '../../handlers/batch/batch-plan.ts';
import { layoutOf } from '../../handlers/batch/ends/batch-layout.ts';
import { readEnds } from '../../handlers/batch/ends/read-ends.ts';
import type { BatchExecutor } from '../../handlers/batch/execute/batch-executor.ts';
import { fingerprintOf, itemIdOf } from '../../handlers/batch/items/item-id.ts';
import { planItems } from '../../handlers/batch/plan/plan-items.ts';
import { runBatch, type BatchOutcome } from '../../handlers/batch/run-batch.ts';
import { StoreSource } from '../../handlers/batch/sources/store-source.ts';
import type { StoredObject } from '../../handlers/batch/store/batch-store.ts';
import { DIARIZE_PLAN, emptyDiarization } from '../../test/support/batch-results.ts';
import { FaultyStore } from '../../test/support/faulty-store.ts';
import type { Row } from '../support/row.ts';

const never = new AbortController().signal;
const LAYOUT = layoutOf('out/', batchNameOf(DIARIZE_PLAN));

/** An executor of this process, and what it does with each item. */
function executorOf(work: () => Promise<void>): BatchExecutor {
  return {
    concurrency: 4,
    prepare: (item) => ({
      run: async () => {
        await work();
        return emptyDiarization(item.object.key);
      },
      dispose: () => Promise.resolve(),
    }),
    close: () => Promise.resolve(),
  };
}

function run(store: FaultyStore, executor: BatchExecutor): Promise<BatchOutcome> {
  return runBatch(
    {
      plan: DIARIZE_PLAN,
      source: new StoreSource(store, { prefix: 'in/' }),
      target: { store, prefix: 'out/' },
      files: 'results',
      waits: { firstDelayMs: 0, maxDelayMs: 0 },
      signal: never,
      onProblem: () => undefined,
    },
    executor,
    () => undefined,
  );
}

function storeOf(count: number): FaultyStore {
  const store = new FaultyStore();
  for (let number = 0; number < count; number += 1) store.put(`in/${number}.wav`, `recording ${number}`);
  return store;
}

/** Plan and summary are written however many recordings there are. */
const ALWAYS = 2;

/** Target 3. */
export async function thirdRun(): Promise<Row> {
  const store = storeOf(2_950);
  await run(
    store,
    executorOf(() => Promise.resolve()),
  );
  for (let number = 0; number < 50; number += 1) store.put(`in/new-${number}.wav`, 'new');
  const second = await run(
    store,
    executorOf(() => Promise.resolve()),
  );
  store.requests = 0;
  const third = await run(
    store,
    executorOf(() => Promise.resolve()),
  );
  const requests = store.requests;
  return {
    what: '3: 2,950 recordings, 50 more come: what the second run plans; what a third plans, and reads',
    target: '50; 0, ≤ 3 requests a thousand',
    measured: `${second.counts.planned}; ${third.counts.planned}, ${requests - ALWAYS} requests, and ${ALWAYS} for plan and summary`,
    met: second.counts.planned === 50 && third.counts.planned === 0 && requests - ALWAYS <= 9,
  };
}

/** Target 12. */
export async function everybodysFault(): Promise<Row> {
  const store = storeOf(1_000);
  let calls = 0;
  const executor = executorOf(() => {
    calls += 1;
    return Promise.reject(new RemoteError('unauthorized', 'The store refuses this worker.'));
  });
  const code = await run(store, executor).then(
    () => 'none',
    (error: unknown) => (error as { code?: string }).code,
  );
  const dead = [...store.versions.keys()].filter((key) => key.endsWith('/dead.json')).length;
  return {
    what: '12: a key that is wrong, 1,000 recordings: attempts before the batch stops, dead letters',
    target: '≤ 10; 0; unauthorized (exit code 5)',
    measured: `${calls}; ${dead}; ${code}`,
    met: calls <= 10 && dead === 0 && code === 'unauthorized',
  };
}

/** A million objects that are made when they are listed. */
class MillionStore extends FaultyStore {
  readonly #inputs: number;
  readonly #fingerprint = fingerprintOf(workOf(DIARIZE_PLAN));

  constructor(inputs: number) {
    super();
    this.#inputs = inputs;
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  override async *list(prefix: string): AsyncGenerator<readonly StoredObject[]> {
    const isInput = prefix === 'in/';
    for (let start = 0; start < this.#inputs; start += 1000)
      yield Array.from({ length: 1000 }, (_, index) => start + index).flatMap((number) =>
        isInput ? [this.#input(number)] : number % 2 === 0 ? this.#ends(number) : [],
      );
  }

  #input(number: number): Required<StoredObject> {
    return { key: `in/${number}.wav`, sizeBytes: 1_000_000 + (number % 977), version: 'v1' };
  }

  #ends(number: number): StoredObject[] {
    const { key, version } = this.#input(number);
    const id = itemIdOf({ store: this.name, key, version, fingerprint: this.#fingerprint });
    return [LAYOUT.result(id), LAYOUT.published(id)].map((end) => ({ key: end, sizeBytes: 10 }));
  }
}

/** Target 7; the store's own making of keys is in the time. */
export async function aMillion(): Promise<Row> {
  const inputs = 1_000_000;
  const store = new MillionStore(inputs);
  const before = process.cpuUsage();
  let mostRss = 0;
  const ends = await readEnds(store, LAYOUT, never);
  const counts = { seen: 0, ended: 0, repeated: 0 };
  let planned = 0;
  const items = planItems(
    new StoreSource(store, { prefix: 'in/' }),
    ends,
    { work: workOf(DIARIZE_PLAN) },
    counts,
    never,
  );
  for await (const item of items) {
    planned += item.hasResult ? 0 : 1;
    if (planned % 5_000 === 0) mostRss = Math.max(mostRss, process.memoryUsage.rss());
  }
  const { user, system } = process.cpuUsage(before);
  const [seconds, megabytes] = [(user + system) / 1e6, mostRss / 2 ** 20];
  return {
    what: '7: planning 1,000,000 recordings of which half are done: processor, memory',
    target: '< 60 s; < 512 MB',
    measured: `${seconds.toFixed(1)} s; ${megabytes.toFixed(0)} MB; ${planned} planned`,
    met: seconds < 60 && megabytes < 512 && planned === inputs / 2,
  };
}
