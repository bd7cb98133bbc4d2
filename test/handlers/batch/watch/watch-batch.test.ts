import { describe, expect, it } from 'vitest';
import { RemoteError } from '../../../../core/errors.ts';
import { createRandom } from '../../../../core/math/random.ts';
import type { BatchExecutor } from '../../../../handlers/batch/execute/batch-executor.ts';
import type { BatchItem } from '../../../../handlers/batch/items/batch-item.ts';
import { StoreSource } from '../../../../handlers/batch/sources/store-source.ts';
import { ObjectHints } from '../../../../handlers/batch/watch/object-hints.ts';
import { watchBatch, type WatchOptions } from '../../../../handlers/batch/watch/watch-batch.ts';
import { DIARIZE_PLAN, emptyDiarization } from '../../../support/batch-results.ts';
import { FaultyStore } from '../../../support/faulty-store.ts';

/** Runs until a number of items have ended, over a store that others write to meanwhile. */
class Watched {
  readonly store = new FaultyStore();
  readonly hints = new ObjectHints();
  /** Keys, as often as they were worked on. */
  readonly tried: string[] = [];
  readonly ended: string[] = [];
  readonly #stop = new AbortController();
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  #failsNext: Error | undefined;

  async during(act: () => Promise<void>, everySeconds = 3600): Promise<void> {
    const running = watchBatch(this.#options(everySeconds), this.#executor(), (event) => {
      if (event.type === 'done' || event.type === 'dead') this.ended.push(event.item.object.key);
      for (const { count, resolve } of this.#waiting) if (this.ended.length >= count) resolve();
    });
    const stopped = running.catch((error: unknown) => {
      if (!this.#stop.signal.aborted) throw error;
    });
    await Promise.race([act(), stopped]);
    this.#stop.abort();
    await stopped;
  }

  untilEnded(count: number): Promise<void> {
    if (this.ended.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }

  failNext(error: Error): void {
    this.#failsNext = error;
  }

  #options(everySeconds: number): WatchOptions {
    const { store, hints } = this;
    return {
      plan: DIARIZE_PLAN,
      source: new StoreSource(store, { prefix: 'in/', excludedPrefix: 'in/out/' }),
      target: { store, prefix: 'in/out/' },
      files: 'results',
      waits: { firstDelayMs: 1, maxDelayMs: 1 },
      signal: this.#stop.signal,
      onProblem: () => undefined,
      hints,
      everySeconds,
    };
  }

  #executor(): BatchExecutor {
    return {
      concurrency: 3,
      prepare: (item: BatchItem) => ({
        run: async ({ signal }) => {
          await item.store.recording(item.object).open(signal);
          this.tried.push(item.object.key);
          const failure = this.#failsNext;
          this.#failsNext = undefined;
          if (failure !== undefined) throw failure;
          return emptyDiarization(item.object.key);
        },
        dispose: () => Promise.resolve(),
      }),
      close: () => Promise.resolve(),
    };
  }
}

describe('a watched source', () => {
  it('works off what is there, then what it hears of, once each', async () => {
    const watched = new Watched();
    watched.store.put('in/there.wav', 'x');
    await watched.during(async () => {
      await watched.untilEnded(1);
      watched.store.put('in/new one.wav', 'y');
      for (let again = 0; again < 3; again += 1) watched.hints.add(['in/new one.wav']);
      await watched.untilEnded(2);
      watched.hints.add(['in/there.wav']);
      watched.store.put('in/last.wav', 'z');
      watched.hints.add(['in/last.wav']);
      await watched.untilEnded(3);
    });
    expect(watched.tried.sort()).toEqual(['in/last.wav', 'in/new one.wav', 'in/there.wav']);
    expect(watched.store.text('in/out/results/new one.wav.rttm')).toContain('in/new_one.wav');
  });

  it('takes the key that is there, of those that a message may mean', async () => {
    const watched = new Watched();
    await watched.during(async () => {
      watched.store.put('in/a+b.wav', 'x');
      watched.hints.add(['in/a b.wav', 'in/a+b.wav']);
      await watched.untilEnded(1);
    });
    expect(watched.ended).toEqual(['in/a+b.wav']);
  });

  it('never takes its own results, other folders, or what is gone', async () => {
    const watched = new Watched();
    await watched.during(async () => {
      for (const key of ['in/out/results/a.wav', 'elsewhere/a.wav', 'in/notes.txt'])
        watched.store.put(key, 'x');
      for (const key of [...watched.store.versions.keys(), 'in/gone.wav']) watched.hints.add([key]);
      watched.store.put('in/real.wav', 'x');
      watched.hints.add(['in/real.wav']);
      await watched.untilEnded(1);
    });
    expect(watched.tried).toEqual(['in/real.wav']);
  });

  it('finds by listing what no event told of', async () => {
    const watched = new Watched();
    await watched.during(async () => {
      watched.store.put('in/silent.wav', 'x');
      await watched.untilEnded(1);
    }, 0.02);
    expect(watched.ended).toEqual(['in/silent.wav']);
  });

  it('tries again what failed, though nothing new comes', async () => {
    const watched = new Watched();
    watched.failNext(new RemoteError('remote_failed', 'The store was away.'));
    await watched.during(async () => {
      watched.store.put('in/a.wav', 'x');
      watched.hints.add(['in/a.wav']);
      await watched.untilEnded(1);
    });
    expect(watched.tried).toEqual(['in/a.wav', 'in/a.wav']);
  });

  it('takes a recording that replaced another, without being told', async () => {
    const watched = new Watched();
    await watched.during(async () => {
      watched.store.put('in/a.wav', 'first');
      watched.hints.add(['in/a.wav']);
      await watched.untilEnded(1);
      watched.store.put('in/a.wav', 'second');
      watched.hints.add(['in/a.wav']);
      await watched.untilEnded(2);
    });
    expect(watched.ended).toEqual(['in/a.wav', 'in/a.wav']);
  });

  it('works on 300 recordings once each, though a quarter of the events is lost and others come twice and late', async () => {
    const watched = new Watched();
    const random = createRandom(11);
    await watched.during(async () => {
      const late: string[] = [];
      for (let number = 0; number < 300; number += 1) {
        const key = `in/${number % 7 === 0 ? 'ü + ' : ''}${number}.wav`;
        watched.store.put(key, key);
        const luck = random();
        if (luck < 0.25) continue;
        if (luck < 0.5) late.push(key);
        else watched.hints.add([key]);
        if (luck > 0.8) watched.hints.add([key]);
        if (number % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      for (const key of late.reverse()) watched.hints.add([key]);
      await watched.untilEnded(300);
    }, 0.2);
    expect(new Set(watched.tried).size).toBe(300);
    expect(watched.tried).toHaveLength(300);
  });
});
