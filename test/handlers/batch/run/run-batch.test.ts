import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError, RemoteError } from '../../../../core/errors.ts';
import { runBatch, type BatchOptions, type BatchOutcome } from '../../../../handlers/batch/run-batch.ts';
import type { BatchExecutor } from '../../../../handlers/batch/execute/batch-executor.ts';
import type { BatchItem } from '../../../../handlers/batch/items/batch-item.ts';
import { StoreSource } from '../../../../handlers/batch/sources/store-source.ts';
import { reviveDeadItems } from '../../../../handlers/batch/batch-status.ts';
import { createRandom } from '../../../../core/math/random.ts';
import { DIARIZE_PLAN, emptyDiarization } from '../../../support/batch-results.ts';
import { FaultyStore } from '../../../support/faulty-store.ts';

const NO_WAITS = { firstDelayMs: 0, maxDelayMs: 0 };

/** Runs `work` for each item; counts how often each was tried. */
class ScriptedExecutor implements BatchExecutor {
  readonly tried = new Map<string, number>();
  readonly concurrency: number;
  readonly #work: (item: BatchItem, attempt: number) => void;

  constructor(work: (item: BatchItem, attempt: number) => void = () => undefined, concurrency = 2) {
    this.#work = work;
    this.concurrency = concurrency;
  }

  prepare(item: BatchItem) {
    return {
      run: async () => {
        await item.store.recording(item.object).open(new AbortController().signal);
        const attempt = (this.tried.get(item.object.key) ?? 0) + 1;
        this.tried.set(item.object.key, attempt);
        await new Promise((resolve) => setImmediate(resolve));
        this.#work(item, attempt);
        return emptyDiarization(item.object.key);
      },
      dispose: () => Promise.resolve(),
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function recordings(count: number): FaultyStore {
  const store = new FaultyStore();
  for (let i = 0; i < count; i += 1)
    store.put(`in/${String(i).padStart(4, '0')}.wav`, 'x'.repeat(1 + (i % 7)));
  return store;
}

function optionsFor(store: FaultyStore, more: Partial<BatchOptions> = {}): BatchOptions {
  return {
    plan: DIARIZE_PLAN,
    source: new StoreSource(store, { prefix: 'in/' }),
    target: { store, prefix: 'out/' },
    files: 'results',
    waits: NO_WAITS,
    signal: new AbortController().signal,
    onProblem: () => undefined,
    ...more,
  };
}

function run(
  store: FaultyStore,
  executor: BatchExecutor,
  more: Partial<BatchOptions> = {},
): Promise<BatchOutcome> {
  return runBatch(optionsFor(store, more), executor, () => undefined);
}

/** Keys of ends, by their last part. */
function ends(store: FaultyStore, last: string): string[] {
  return [...store.versions.keys()].filter((key) => key.includes('/ends/') && key.endsWith(last));
}

/** No end was ever written twice. */
function expectSingleEnds(store: FaultyStore): void {
  for (const [key, versions] of store.versions)
    if (key.includes('/ends/')) expect(versions, key).toHaveLength(1);
}

describe('a batch', () => {
  it('gives every recording one result and its files, and finds nothing to do the second time', async () => {
    const store = recordings(25);
    const first = await run(store, new ScriptedExecutor());
    expect(first.counts).toMatchObject({ done: 25, dead: 0 });
    expect(ends(store, '/published')).toHaveLength(25);
    expect(store.text('out/results/0003.wav.rttm')).toContain('in/0003.wav');
    const again = new ScriptedExecutor();
    store.requests = 0;
    const second = await run(store, again);
    expect(second.counts.done).toBe(0);
    expect(second.planned).toEqual({ seen: 25, ended: 25, repeated: 0 });
    expect(again.tried.size).toBe(0);
    // A listing of the inputs, one of the ends, the plan and the summary.
    expect(store.requests).toBeLessThanOrEqual(4);
  });

  it('does what is missing: new recordings, replaced ones, other options', async () => {
    const store = recordings(3);
    await run(store, new ScriptedExecutor());
    store.put('in/0001.wav', 'another recording');
    store.put('in/new.wav', 'new');
    const executor = new ScriptedExecutor();
    await run(store, executor);
    expect([...executor.tried.keys()].sort()).toEqual(['in/0001.wav', 'in/new.wav']);
    const other = new ScriptedExecutor();
    const { plan } = optionsFor(store);
    await run(store, other, { plan: { ...plan, options: { numSpeakers: 2 } } });
    expect(other.tried.size).toBe(4);
  });

  it('buries a recording that is broken at once, and one that fails and fails after five attempts', async () => {
    const store = recordings(6);
    const executor = new ScriptedExecutor(({ object: { key } }) => {
      if (key.includes('0002')) throw new InvalidInputError('corrupt_audio', 'The recording is damaged.');
      if (key.includes('0004')) throw new RemoteError('remote_failed', 'No answer.');
    });
    const { counts } = await run(store, executor);
    expect(counts).toMatchObject({ done: 4, dead: 2, retried: 4 });
    expect(executor.tried.get('in/0002.wav')).toBe(1);
    expect(executor.tried.get('in/0004.wav')).toBe(5);
    const letters = ends(store, 'dead.json').map(
      (key) => JSON.parse(store.text(key)!) as Record<string, unknown>,
    );
    expect(letters).toContainEqual({
      input: 'in/0002.wav',
      code: 'corrupt_audio',
      message: 'The recording is damaged.',
      retryable: false,
      attempts: 1,
    });
  });

  it('tries dead ones again when asked, and keeps what was said of them', async () => {
    const store = recordings(2);
    const failing = new ScriptedExecutor(() => {
      throw new InvalidInputError('corrupt_audio', 'Damaged.');
    });
    await run(store, failing);
    const place = { store, prefix: 'out/' };
    const { signal } = new AbortController();
    expect(await reviveDeadItems(place, 'audio_unreachable', signal)).toBe(0);
    expect(await reviveDeadItems(place, 'corrupt_audio', signal)).toBe(2);
    const { counts } = await run(store, new ScriptedExecutor());
    expect(counts.done).toBe(2);
    expect([...store.versions.keys()].filter((key) => key.includes('/attempts/'))).toHaveLength(2);
  });

  it('stops after five recordings in a row that fail for what is not theirs, and blames none', async () => {
    const store = recordings(1000);
    const executor = new ScriptedExecutor(() => {
      throw new RemoteError('unauthorized', 'The S3 store refuses this worker.');
    });
    await expect(run(store, executor)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(ends(store, '')).toHaveLength(0);
    expect([...executor.tried.values()].reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(10);
    expect((await run(store, new ScriptedExecutor())).counts.done).toBe(1000);
  });

  it('blames a single recording that may not be read', async () => {
    const store = recordings(8);
    const { counts } = await run(
      store,
      new ScriptedExecutor(({ object: { key } }) => {
        if (key.includes('0003')) throw new RemoteError('unauthorized', 'Refused.');
      }),
    );
    expect(counts).toMatchObject({ done: 7, dead: 1 });
  });

  it('tells a recording that is replaced under the work apart from a failure', async () => {
    const store = recordings(3);
    const executor = new ScriptedExecutor(({ object: { key } }) => {
      if (key.includes('0001')) store.put(key, 'another recording');
    });
    const { counts } = await run(store, executor);
    expect(counts).toMatchObject({ done: 2, replaced: 1, dead: 0 });
    expect(store.text('out/results/0001.wav.rttm')).toBeUndefined();
    const next = new ScriptedExecutor();
    await run(store, next);
    expect([...next.tried.keys()]).toEqual(['in/0001.wav']);
  });

  it('ends an attempt that tells nothing for too long', async () => {
    const store = recordings(2);
    let stuck = true;
    const executor: BatchExecutor = {
      concurrency: 1,
      prepare: (item) => ({
        run: ({ signal }) => {
          if (!stuck || !item.object.key.includes('0001'))
            return Promise.resolve(emptyDiarization(item.object.key));
          stuck = false;
          return new Promise((_, reject) =>
            signal.addEventListener('abort', () => reject(new Error('engine ended'))),
          );
        },
        dispose: () => Promise.resolve(),
      }),
      close: () => Promise.resolve(),
    };
    const { counts } = await run(store, executor, { stallSeconds: 0.05 });
    expect(counts).toMatchObject({ done: 2, retried: 1 });
  });

  it('shares the work between machines without a queue', async () => {
    const store = recordings(40);
    const executors = [0, 1, 2].map(() => new ScriptedExecutor());
    for (const [index, executor] of executors.entries())
      await run(store, executor, { shard: { index, count: 3 } });
    const tried = executors.flatMap(({ tried: each }) => [...each.keys()]);
    expect(tried).toHaveLength(40);
    expect(new Set(tried).size).toBe(40);
    for (const { tried: each } of executors) expect(each.size).toBeGreaterThan(0);
  });

  it('survives two processes at once and a store that goes wrong before and after any write', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.double({ min: 0, max: 0.3, noNaN: true }), async (seed, rate) => {
        const store = recordings(12);
        const random = createRandom(seed);
        store.nextFault = () => (random() < rate ? (random() < 0.5 ? 'before' : 'after') : undefined);
        const attempt = (): Promise<unknown> => run(store, new ScriptedExecutor()).catch(() => undefined);
        for (let round = 0; round < 3; round += 1) await Promise.all([attempt(), attempt()]);
        store.nextFault = () => undefined;
        await reviveDeadItems({ store, prefix: 'out/' }, undefined, new AbortController().signal);
        await run(store, new ScriptedExecutor());
        expect(ends(store, '/result.json')).toHaveLength(12);
        expect(ends(store, '/published')).toHaveLength(12);
        for (const [key, versions] of store.versions) {
          if (key.endsWith('/result.json') || key.endsWith('/published'))
            expect(versions, key).toHaveLength(1);
          // Files may be written twice, but never differ from the record.
          if (key.startsWith('out/results/')) expect(new Set(versions).size, key).toBe(1);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('writes each end once where nothing goes wrong', async () => {
    const store = recordings(30);
    await Promise.all([run(store, new ScriptedExecutor()), run(store, new ScriptedExecutor())]);
    expectSingleEnds(store);
    expect(ends(store, '/published')).toHaveLength(30);
  });
});
