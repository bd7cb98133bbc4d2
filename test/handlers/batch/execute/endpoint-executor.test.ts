import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { batchNameOf, type BatchPlan } from '../../../../handlers/batch/batch-plan.ts';
import { layoutOf } from '../../../../handlers/batch/ends/batch-layout.ts';
import { EndpointExecutor } from '../../../../handlers/batch/execute/endpoint-executor.ts';
import { Submissions } from '../../../../handlers/batch/execute/submissions.ts';
import { runBatch, type BatchOutcome } from '../../../../handlers/batch/run-batch.ts';
import { StoreSource } from '../../../../handlers/batch/sources/store-source.ts';
import { Colloquy } from '../../../../sdk/index.ts';
import { DIARIZE_PLAN } from '../../../support/batch-results.ts';
import { FaultyStore } from '../../../support/faulty-store.ts';
import { complete, diarizeOutput, fail, FakePlatform } from '../../../sdk/fake-platform.ts';

const QUICK = { firstDelayMs: 1, maxDelayMs: 4 };

const PLAN: BatchPlan = { ...DIARIZE_PLAN, options: { numSpeakers: 2 } };

/** A store whose recordings have addresses. */
class AddressedStore extends FaultyStore {
  addressOf({ key }: { key: string }): Promise<string> {
    return Promise.resolve(`https://store.example/${encodeURIComponent(key)}?signature=secret`);
  }
}

let platform: FakePlatform;
beforeAll(async () => {
  platform = await FakePlatform.start();
});
afterAll(() => platform.close());
beforeEach(() => platform.reset());

function run(store: FaultyStore, signal = new AbortController().signal): Promise<BatchOutcome> {
  const target = { store, prefix: 'out/' };
  const executor = new EndpointExecutor({
    client: new Colloquy({
      apiKey: 'key',
      endpointId: 'ep',
      baseUrl: platform.baseUrl,
      retryTiming: QUICK,
      pollTiming: QUICK,
    }),
    submissions: new Submissions(store, layoutOf(target.prefix, batchNameOf(PLAN))),
    job: { task: 'diarize', options: PLAN.options },
    concurrency: 4,
    lookMs: 50,
  });
  return runBatch(
    {
      plan: PLAN,
      source: new StoreSource(store, { prefix: 'in/' }),
      target,
      files: 'results',
      waits: { firstDelayMs: 0, maxDelayMs: 0 },
      signal,
      onProblem: () => undefined,
    },
    executor,
    () => undefined,
  );
}

function recordings(count: number): AddressedStore {
  const store = new AddressedStore();
  for (let number = 0; number < count; number += 1) store.put(`in/${number}.wav`, `recording ${number}`);
  return store;
}

const submissions = (): number => platform.routes().filter((route) => route === 'run').length;

describe('a batch on an endpoint', () => {
  it('submits each recording once, by its address and with the options, and stores what comes back', async () => {
    const store = recordings(6);
    const { counts } = await run(store);
    expect(counts).toMatchObject({ done: 6, dead: 0 });
    expect(submissions()).toBe(6);
    const inputs = [...platform.jobs.values()].map(({ input }) => input as Record<string, unknown>);
    expect(inputs[0]).toMatchObject({ task: 'diarize', options: { numSpeakers: 2 } });
    expect(inputs.map(({ audio }) => (audio as { url: string }).url).sort()[0]).toContain('in%2F0.wav');
    expect(store.text('out/results/3.wav.rttm')).toContain('SPEAKER_00');
  });

  it('goes on with jobs in flight when its process was stopped: 10 times, nothing twice, nothing lost', async () => {
    const store = recordings(40);
    let [looks, most] = [0, 0];
    let stop = new AbortController();
    platform.work = (job) => {
      looks += 1;
      const open = [...platform.jobs.values()].filter(({ status }) => status !== 'COMPLETED').length;
      most = Math.max(most, open);
      if (looks % 12 === 0 && looks <= 120) stop.abort(new Error('stopped'));
      else if (job.looks > 2) complete(job, diarizeOutput());
    };
    let stops = 0;
    for (let again = true; again;) {
      stop = new AbortController();
      again = await run(store, stop.signal).then(
        () => false,
        () => true,
      );
      if (again) stops += 1;
    }
    expect(stops).toBeGreaterThanOrEqual(8);
    const results = [...store.versions].filter(([key]) => key.endsWith('/result.json'));
    expect(results).toHaveLength(40);
    for (const [, versions] of results) expect(versions).toHaveLength(1);
    // A submission whose reply did not come before the stop is paid twice, others never.
    expect(submissions()).toBeLessThanOrEqual(40 + 4 * stops);
    expect(most).toBeLessThanOrEqual(4 * (stops + 1));
    // The client ends a submission that was stopped on its way; jobs that were written down go on.
    const known = [...store.versions].filter(([key]) => key.endsWith('.id')).map(([, texts]) => texts.join());
    for (const { id, status } of platform.jobs.values())
      if (status === 'CANCELLED') expect(known.join()).not.toContain(`"${id}"`);
  });

  it('submits anew what failed for a passing reason, and buries what cannot go well', async () => {
    const store = recordings(2);
    const failures = new Map<string, number>();
    platform.work = (job) => {
      const { url } = (job.input as { audio: { url: string } }).audio;
      const isBroken = url.includes('in%2F1.wav');
      const seen = failures.get(url) ?? 0;
      failures.set(url, seen + 1);
      if (isBroken) {
        fail(job, errorBody('corrupt_audio', false));
        return;
      }
      if (seen === 0) {
        fail(job, errorBody('engine_crashed', true));
        return;
      }
      complete(job, diarizeOutput());
    };
    const { counts } = await run(store);
    expect(counts).toMatchObject({ done: 1, dead: 1 });
    expect(submissions()).toBe(3);
    const letter = [...store.versions].find(([key]) => key.endsWith('/dead.json'))?.[1].at(-1);
    expect(letter).toContain('corrupt_audio');
    expect(letter).not.toContain('secret');
  });

  it('submits anew when the platform has forgotten the job', async () => {
    const store = recordings(1);
    const stop = new AbortController();
    platform.work = () => stop.abort(new Error('stopped'));
    await expect(run(store, stop.signal)).rejects.toThrow();
    platform.reset();
    const { counts } = await run(store);
    expect(counts.done).toBe(1);
    expect(submissions()).toBe(1);
  });
});

function errorBody(code: string, retryable: boolean): string {
  return JSON.stringify({ schemaVersion: 1, code, message: 'It failed.', retryable, requestId: 'r-1' });
}
