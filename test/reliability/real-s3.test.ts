/** Tests 10, 11 and 22 of the reliability list (B4 in issue 10), on a real S3 server where one is installed. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isSpeechError } from '../../core/errors.ts';
import { createAudioFetcher } from '../../handlers/work/fetch-audio/index.ts';
import { openS3ResultStore } from '../../handlers/work/s3/s3-result-store.ts';
import { FaultyProxy } from '../support/faulty-proxy.ts';
import { hasRealS3, REAL_S3_KEYS, startRealS3, type RealS3 } from '../support/real-s3.ts';

const SCHEDULE = { waitsMs: [50, 100, 200], giveUpMs: 60_000, giveUpRefusedMs: 5_000, failuresUntilSlow: 3 };
const isThere = hasRealS3();

describe.skipIf(!isThere)('a real S3 server', { timeout: 240_000 }, () => {
  let server: RealS3 | undefined;
  let client: S3Client;
  beforeAll(async () => {
    server = await startRealS3();
    client = new S3Client({
      endpoint: server.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: REAL_S3_KEYS,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }, 240_000);
  afterAll(() => server?.stop());

  function open(endpoint: string): ReturnType<typeof openS3ResultStore> {
    return openS3ResultStore({
      store: { endpoint, region: 'us-east-1', credentials: REAL_S3_KEYS },
      linkSeconds: 600,
      silenceTimeoutMs: 1_000,
      schedule: SCHEDULE,
    });
  }

  async function sizesIn(bucket: string): Promise<Map<string, number>> {
    const listed = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    return new Map((listed.Contents ?? []).map(({ Key, Size }) => [Key!, Size!]));
  }

  it('10: killed in the middle of writes, loses none that it acknowledged, and keeps none by halves', async () => {
    await client.send(new CreateBucketCommand({ Bucket: 'killed' }));
    const store = await open(server!.url);
    const bytes = Buffer.alloc(200_000, 'x');
    const acknowledged: string[] = [];
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let n = 0; n < 25; n++) {
        const key = `w${writer}/${n}.bin`;
        await store.put({ bucket: 'killed', key, mediaType: 'application/octet-stream', bytes });
        acknowledged.push(key);
      }
    });
    while (acknowledged.length < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    server!.killGateway();
    const atKill = acknowledged.length;
    await server!.startGateway();
    await Promise.all(writers);
    expect(atKill).toBeLessThan(100);
    const sizes = await sizesIn('killed');
    expect([...sizes.keys()].sort()).toEqual(acknowledged.toSorted());
    expect(new Set(sizes.values())).toEqual(new Set([bytes.length]));
  });

  it('11: behind a line that slows, fails and cuts, every result is whole or not there', async () => {
    await client.send(new CreateBucketCommand({ Bucket: 'results' }));
    const proxy = await FaultyProxy.start(server!.url, [
      ...(['slow-down', 'slow-down', 'slow-down', 'error', 'cut-before', 'cut-after'] as const),
      ...Array.from({ length: 4 }, () => undefined),
    ]);
    const contents = new Map(
      Array.from({ length: 16 }, (_, n) => [`a b/ü+&${n}.json`, randomBytes(20_000 + n)]),
    );
    const seenSizes = new Map<string, Set<number>>();
    const done = new AbortController();
    const watcher = (async () => {
      while (!done.signal.aborted)
        for (const [key, size] of await sizesIn('results'))
          seenSizes.set(key, (seenSizes.get(key) ?? new Set()).add(size));
    })();
    const store = await open(proxy.url);
    const queue = [...contents];
    const lanes = Array.from({ length: 8 }, async () => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const [key, bytes] = next;
        await store.put({ bucket: 'results', key, mediaType: 'application/json', bytes });
      }
    });
    await Promise.all(lanes);
    done.abort();
    await watcher;
    proxy.close();
    expect(proxy.met.get('slow-down'), 'met').toBeGreaterThan(5);
    expect(proxy.met.get('cut-after'), 'met').toBeGreaterThan(1);
    expect([...(await sizesIn('results')).keys()].sort()).toEqual([...contents.keys()].sort());
    for (const [key, bytes] of contents) {
      const kept = await client.send(new GetObjectCommand({ Bucket: 'results', Key: key }));
      expect(bytes.equals(await kept.Body!.transformToByteArray()), key).toBe(true);
    }
    for (const [key, sizes] of seenSizes) expect([...sizes], key).toEqual([contents.get(key)!.length]);
  });

  it('11: recordings come whole through such a line, or not at all', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'colloquy-test-'));
    const bytes = randomBytes(500_000);
    await client.send(new CreateBucketCommand({ Bucket: 'recordings' }));
    await (
      await open(server!.url)
    ).put({ bucket: 'recordings', key: 'a b/ü.wav', mediaType: 'audio/wav', bytes });
    const proxy = await FaultyProxy.start(server!.url, [
      'slow-down',
      'error',
      'cut-before',
      'half-body',
      undefined,
    ]);
    const fetcher = createAudioFetcher({
      s3: { endpoint: proxy.url, region: 'us-east-1', credentials: REAL_S3_KEYS },
      limits: { retryDelayMs: 5, maxRetries: 5 },
      folder,
    });
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, async () => {
        try {
          const audio = await fetcher.fetch(
            { s3: { bucket: 'recordings', key: 'a b/ü.wav' } },
            new AbortController().signal,
          );
          const isWhole = bytes.equals(readFileSync(audio.path));
          await audio.dispose();
          return isWhole ? 'whole' : 'in part';
        } catch (error) {
          return isSpeechError(error) ? error.code : String(error);
        }
      }),
    );
    await fetcher.close();
    proxy.close();
    const allowed = ['whole', 'audio_unreachable'];
    expect(outcomes.filter((outcome) => !allowed.includes(outcome))).toEqual([]);
    expect(outcomes.filter((outcome) => outcome === 'whole').length).toBeGreaterThan(15);
    expect(proxy.met.get('half-body'), 'met').toBeGreaterThan(5);
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it.each([3_600_000, -3_600_000])(
    '22: with a clock that is %i ms off, results are kept and links work',
    async (offMs) => {
      const bucket = `clock${offMs > 0 ? 'ahead' : 'behind'}`;
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offMs });
      try {
        const store = await open(server!.url);
        const bytes = Buffer.from('{"a":1}');
        const { url } = await store.put({ bucket, key: 'a.json', mediaType: 'application/json', bytes });
        expect(await (await fetch(url)).text()).toBe('{"a":1}');
      } finally {
        vi.useRealTimers();
      }
    },
  );
});
