/** Two processes' worth of runners on one batch, on a real S3 server behind a line that fails, and one that is killed. */
import { layoutOf } from '../../handlers/batch/ends/batch-layout.ts';
import { batchNameOf } from '../../handlers/batch/batch-plan.ts';
import { runBatch } from '../../handlers/batch/run-batch.ts';
import { StoreSource } from '../../handlers/batch/sources/store-source.ts';
import { BatchBucket } from '../../test/support/batch-bucket.ts';
import { DIARIZE_PLAN, emptyDiarization } from '../../test/support/batch-results.ts';
import { FaultyProxy, type WireFault } from '../../test/support/faulty-proxy.ts';
import type { RealS3 } from '../../test/support/real-s3.ts';
import type { Row } from '../support/row.ts';

const COUNT = 40;
const CALM: readonly undefined[] = [undefined, undefined, undefined, undefined, undefined, undefined];

type Chaos = {
  readonly name: string;
  readonly faults: readonly (WireFault | undefined)[];
  readonly killsGateway?: true;
};

const CHAOS: readonly Chaos[] = [
  { name: 'replies cut off after the write', faults: ['cut-after', ...CALM] },
  { name: 'connections cut before the write', faults: ['cut-before', ...CALM] },
  { name: '503 SlowDown and 500', faults: ['slow-down', 'error', ...CALM] },
  { name: 'bodies that end half-way', faults: ['half-body', ...CALM] },
  { name: 'the gateway of the store killed and started again', faults: [undefined], killsGateway: true },
];

export async function storeChaos(server: RealS3): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [index, chaos] of CHAOS.entries()) rows.push(await oneChaos(server, chaos, `chaos${index}`));
  return rows;
}

async function oneChaos(
  server: RealS3,
  { name, faults, killsGateway }: Chaos,
  bucketName: string,
): Promise<Row> {
  const bucket = await BatchBucket.create(server.url, bucketName);
  for (let number = 0; number < COUNT; number += 1)
    await bucket.put(`in/${number} ü+1.wav`, `recording ${number}`);
  const proxy = await FaultyProxy.start(server.url, faults);
  const line = proxy.url;
  const runs = [1, 2].map((runner) => runnerOf(bucket, line, runner));
  if (killsGateway === true) {
    server.killGateway();
    await server.startGateway();
  }
  const outcomes = await Promise.allSettled(runs);
  const met = [...proxy.met.values()].reduce((sum, count) => sum + count, 0);
  proxy.close();
  const calm = await runnerOf(bucket, server.url, 3);
  const layout = layoutOf('out/', batchNameOf(DIARIZE_PLAN));
  const keys = await bucket.keys('out/');
  const results = keys.filter((key) => key.startsWith(layout.endsPrefix) && key.endsWith('/result.json'));
  const dead = keys.filter((key) => key.endsWith('/dead.json')).length;
  let differing = 0;
  for (const key of results) {
    const { name: file, result } = JSON.parse(await bucket.text(key)) as {
      name: string;
      result: { turns: readonly { speaker: string }[] };
    };
    const rttm = await bucket.text(layout.file(file, 'rttm'));
    if (!rttm.includes(` ${result.turns[0]!.speaker} `)) differing += 1;
  }
  const failed = outcomes.filter(({ status }) => status === 'rejected').length;
  return {
    what: `chaos, two runners on ${COUNT} recordings in a real S3: ${name}`,
    target: 'every recording one result, files as it says, none dead',
    measured: `${results.length} results, ${differing} files that differ, ${dead} dead; ${killsGateway ? '1 kill' : `${met} faults`}, ${failed} runs stopped, ${calm} left for a later run`,
    met: results.length === COUNT && differing === 0 && dead === 0,
  };
}

/** @returns how many items it ended */
async function runnerOf(bucket: BatchBucket, url: string, runner: number): Promise<number> {
  const store = bucket.store(url);
  // Named as the server is: the line is not part of what an item is.
  Object.defineProperty(store, 'name', { value: `s3://store/${bucket.name}` });
  const { counts } = await runBatch(
    {
      plan: DIARIZE_PLAN,
      source: new StoreSource(store, { prefix: 'in/' }),
      target: { store, prefix: 'out/' },
      files: 'results',
      waits: { firstDelayMs: 50, maxDelayMs: 500 },
      attempts: 20,
      signal: new AbortController().signal,
      onProblem: () => undefined,
    },
    {
      concurrency: 4,
      prepare: (item) => ({
        run: () => Promise.resolve(emptyDiarization(`by-${runner}-${item.id.slice(-6)}`)),
        dispose: () => Promise.resolve(),
      }),
      close: () => Promise.resolve(),
    },
    () => undefined,
  );
  return counts.done;
}
