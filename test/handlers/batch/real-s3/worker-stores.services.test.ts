/** Workers that write results into a bucket by themselves, on a real S3 server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchNameOf } from '../../../../handlers/batch/batch-plan.ts';
import { layoutOf } from '../../../../handlers/batch/ends/batch-layout.ts';
import { EndpointExecutor } from '../../../../handlers/batch/execute/endpoint-executor.ts';
import { Submissions } from '../../../../handlers/batch/execute/submissions.ts';
import { runBatch } from '../../../../handlers/batch/run-batch.ts';
import { StoreSource } from '../../../../handlers/batch/sources/store-source.ts';
import { openStore, startEngine } from '../../../../handlers/setup/composition.ts';
import { readConfig } from '../../../../handlers/setup/config.ts';
import { createAudioFetcher } from '../../../../handlers/work/fetch-audio/index.ts';
import type { JobServices } from '../../../../handlers/work/jobs/job-services.ts';
import { runJob } from '../../../../handlers/work/jobs/run-job.ts';
import { Colloquy } from '../../../../sdk/index.ts';
import { jobResultSchema } from '../../../../sdk/contract/index.ts';
import { storedResultSchema } from '../../../../sdk/contract/results/job-result.ts';
import { complete, fail, FakePlatform } from '../../../sdk/fake-platform.ts';
import { BatchBucket } from '../../../support/batch-bucket.ts';
import { DIARIZE_PLAN } from '../../../support/batch-results.ts';
import { FaultyProxy } from '../../../support/faulty-proxy.ts';
import { hasRealS3, startRealS3, type RealS3 } from '../../../support/real-s3.ts';
import { interleaved, librarySound } from '../../../support/two-channels.ts';
import { wavBytes } from '../../../support/wav-bytes.ts';

const wav = wavBytes({ data: interleaved([librarySound(3)]) });
const base64 = Buffer.from(wav).toString('base64');

describe.skipIf(!hasRealS3())('a worker that stores its result under a key', { timeout: 240_000 }, () => {
  let server: RealS3 | undefined;
  let bucket: BatchBucket;
  let services: JobServices | undefined;
  beforeAll(async () => {
    server = await startRealS3();
    bucket = await BatchBucket.create(server.url, 'results');
    const config = readConfig();
    const ports = [Number(new URL(server.url).port)];
    const policy = { allowHttp: true, ports, allowAddress: () => true };
    services = {
      engine: await startEngine(config),
      models: openStore(config),
      fetcher: createAudioFetcher({ s3: bucket.s3Of(), policy }),
      audioLimits: config.audioLimits,
      files: { bucket: bucket.name, store: bucket.s3Of(), keyPrefix: 'all/', linkSeconds: 600 },
    };
  }, 240_000);
  afterAll(async () => {
    await services?.engine.close();
    await services?.fetcher.close();
    server?.stop();
  });

  const told: string[] = [];
  async function run(input: object, more: Partial<JobServices> = {}) {
    told.length = 0;
    const hooks = {
      requestId: 'job/1',
      signal: new AbortController().signal,
      progress: ({ stage }: { stage: string }) => told.push(stage),
    };
    const output = await runJob(input, { ...services!, ...more }, hooks);
    return storedResultSchema.parse(output).storedResult;
  }
  const job = (key: string, more: object = {}, metadata: object = {}) => ({
    task: 'diarize',
    audio: { base64 },
    metadata,
    output: { inline: false, formats: ['rttm'], s3: { bucket: bucket.name, key, ...more } },
  });

  it('puts the whole result there, files inside, and says where it is', async () => {
    const key = 'calls/März 1+1.json';
    const { url, bytes } = await run(job(key));
    const text = await (await fetch(url)).text();
    expect(text).toBe(await bucket.text(key));
    expect(Buffer.byteLength(text)).toBe(bytes);
    const [outcome] = jobResultSchema.parse(JSON.parse(text)).results;
    expect(outcome).toMatchObject({ files: [{ format: 'rttm', content: expect.any(String) as string }] });
    expect(await bucket.keys('calls/')).toEqual([key]);
  });

  it('does no work where a result is there that must stay, and replaces one that need not', async () => {
    const first = await run(job('once.json', { ifAbsent: true }, { n: 1 }));
    const nowhere = { url: 'https://127.0.0.1:9/never-asked.wav' };
    const second = await run({ ...job('once.json', { ifAbsent: true }), audio: nowhere });
    expect(told).toEqual([]);
    expect(second.bytes).toBe(first.bytes);
    expect(await (await fetch(second.url)).text()).toContain('"metadata":{"n":1}');
    await run(job('once.json', {}, { n: 2 }));
    expect(await bucket.text('once.json')).toContain('"metadata":{"n":2}');
  });

  it('keeps one of several results that come at once, over a line that cuts replies off', async () => {
    const proxy = await FaultyProxy.start(server!.url, ['cut-after', 'slow-down', undefined, undefined]);
    const files = { ...services!.files!, store: bucket.s3Of(proxy.url) };
    // Of different lengths, which tell them apart.
    const replies = await Promise.all(
      [1, 22, 333, 4444].map((n) => run(job('race.json', { ifAbsent: true }, { n }), { files })),
    );
    expect(proxy.met.get('cut-after')).toBeGreaterThan(0);
    proxy.close();
    const kept = await bucket.text('race.json');
    expect(replies.map(({ bytes }) => bytes)).toEqual(replies.map(() => Buffer.byteLength(kept)));
  });

  it('touches no object of somebody else, and gives no link to it', async () => {
    await bucket.put('private.json', 'secret');
    const asked = run(job('private.json', { ifAbsent: true }));
    await expect(asked).rejects.toMatchObject({ code: 'output_not_writable', retryable: false });
    expect(await bucket.text('private.json')).toBe('secret');
    const elsewhere = run(job('a.json', { bucket: 'foreign' }), {
      files: { ...services!.files!, store: { ...bucket.s3Of(), buckets: ['other'] } },
    });
    await expect(elsewhere).rejects.toMatchObject({ code: 'unauthorized' });
    expect(told).toEqual([]);
  });

  it('writes the ends of a batch: its submitter may be gone, and the job forgotten', async () => {
    const platform = await FakePlatform.start();
    for (const name of ['a b', 'ü', '1+1']) await bucket.put(`in/${name}.wav`, wav);
    const store = bucket.store();
    const layout = layoutOf('out/', batchNameOf(DIARIZE_PLAN));
    const begun = new Set<string>();
    let works = 0;
    platform.work = (fake) => {
      if (begun.has(fake.id)) return;
      begun.add(fake.id);
      const hooks = { requestId: fake.id, signal: new AbortController().signal };
      const progress = ({ stage }: { stage: string }): void => void (works += stage === 'fetch' ? 1 : 0);
      void runJob(fake.input, services!, { ...hooks, progress }).then(
        (output) => complete(fake, output),
        (error: unknown) => fail(fake, String(error)),
      );
    };
    const submit = (signal: AbortSignal) =>
      runBatch(
        {
          plan: DIARIZE_PLAN,
          source: new StoreSource(store, { prefix: 'in/' }),
          target: { store, prefix: 'out/' },
          files: 'results',
          waits: { firstDelayMs: 1, maxDelayMs: 1 },
          signal,
          onProblem: () => undefined,
        },
        new EndpointExecutor({
          client: new Colloquy({ apiKey: 'key', endpointId: 'ep', baseUrl: platform.baseUrl }),
          submissions: new Submissions(store, layout),
          job: { task: 'diarize', options: {} },
          ends: { place: store.bucket, keyOf: layout.result },
          concurrency: 3,
          lookMs: 20,
        }),
        () => undefined,
      );
    const stop = new AbortController();
    const first = submit(stop.signal);
    const ended = async () =>
      (await bucket.keys('out/.colloquy/')).filter((key) => key.endsWith('/result.json')).length;
    while ((await ended()) < 3) await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort(new Error('stopped'));
    await first.catch(() => undefined);
    platform.jobs.clear();
    const { counts } = await submit(new AbortController().signal);
    platform.close();
    expect(counts.dead).toBe(0);
    expect(works).toBe(3);
    expect(await bucket.keys('out/results/')).toEqual([
      'out/results/1+1.wav.rttm',
      'out/results/a b.wav.rttm',
      'out/results/ü.wav.rttm',
    ]);
    expect(await bucket.text('out/results/ü.wav.rttm')).toMatch(/^SPEAKER /);
  });
});
