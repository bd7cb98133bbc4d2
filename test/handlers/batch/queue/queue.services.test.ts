import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Redis } from 'ioredis';
import { InvalidInputError, RemoteError } from '../../../../core/errors.ts';
import { reviveDeadItems } from '../../../../handlers/batch/batch-status.ts';
import { type RealRedis, redisProgram, startRealRedis } from '../../../support/real-redis.ts';
import { QueueBatch } from './queue-batch.ts';

const program = redisProgram();

describe.skipIf(program === undefined)('a queue on a real Valkey or Redis', () => {
  let redis: RealRedis;
  beforeAll(async () => {
    redis = await startRealRedis(program!);
  });
  afterAll(() => redis.stop());
  beforeEach(() => asked((client) => client.flushall()));

  async function asked<T>(what: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(redis.url, { lazyConnect: true });
    try {
      return await what(client);
    } finally {
      client.disconnect();
    }
  }

  it('works on each recording once, with two workers, and finds nothing to do the second time', async () => {
    const batch = new QueueBatch(redis.url, 60);
    const workers = [batch.startWorker(), batch.startWorker()];
    const { counts } = await batch.submit();
    expect(counts).toMatchObject({ planned: 60, done: 60, dead: 0, audioSeconds: 60 });
    expect(batch.tried.sort()).toEqual([...new Set(batch.tried)].sort());
    expect(await batch.ends('published')).toBe(60);
    expect((await batch.submit()).counts.planned).toBe(0);
    for (const worker of workers) {
      expect(worker.worked.length).toBeGreaterThan(0);
      await worker.stop();
    }
  });

  it('buries what is broken, tries again what may pass, and gives up after the last attempt', async () => {
    const batch = new QueueBatch(redis.url, 4);
    const seen = new Map<string, number>();
    batch.work = ({ object: { key } }) => {
      const attempt = (seen.get(key) ?? 0) + 1;
      seen.set(key, attempt);
      if (key.includes('0.')) throw new InvalidInputError('corrupt_audio', 'Damaged.');
      if (key.includes('1.') && attempt < 3) throw new RemoteError('remote_failed', 'No answer.');
      if (key.includes('2.')) throw new RemoteError('remote_failed', 'Never an answer.');
    };
    const worker = batch.startWorker();
    const { counts } = await batch.submit({ attempts: 3 });
    expect(counts).toMatchObject({ done: 2, dead: 2 });
    expect(seen).toEqual(new Map([0, 1, 2, 3].map((n) => [`in/${n}.wav`, [1, 3, 3, 1][n]])));
    const place = { store: batch.store, prefix: 'out/' };
    await reviveDeadItems(place, undefined, new AbortController().signal);
    batch.work = () => undefined;
    // Jobs of these ids are over and still there; BullMQ would take them for done.
    expect((await batch.submit()).counts).toMatchObject({ planned: 2, done: 2, dead: 0 });
    await worker.stop();
  });

  it('stops for a fault that is no recording’s, blames none, and goes on when it is mended', async () => {
    const batch = new QueueBatch(redis.url, 200);
    batch.work = () => {
      throw new RemoteError('unauthorized', 'The S3 store refuses this worker.');
    };
    const worker = batch.startWorker();
    await expect(batch.submit()).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(worker.running).rejects.toMatchObject({ code: 'unauthorized' });
    expect(batch.tried.length).toBeLessThanOrEqual(10);
    expect(await batch.ends('dead.json')).toBe(0);
    batch.work = () => undefined;
    const mended = batch.startWorker();
    expect((await batch.submit()).counts).toMatchObject({ done: 200, dead: 0 });
    await mended.stop();
  });

  it('gives back what is in hand when a worker is stopped, at no cost to the recording', async () => {
    const batch = new QueueBatch(redis.url, 3);
    let begun: () => void = () => undefined;
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    batch.work = async (_, signal) => {
      begun();
      await once(signal, 'abort');
      throw signal.reason;
    };
    const first = batch.startWorker({ graceMs: 50 });
    const submitted = batch.submit({ attempts: 1 });
    await isBegun;
    await first.stop();
    batch.work = () => undefined;
    const second = batch.startWorker();
    expect((await submitted).counts).toMatchObject({ done: 3, dead: 0 });
    await second.stop();
  });

  it('goes on with the jobs of a submitter that went away', async () => {
    const batch = new QueueBatch(redis.url, 30);
    const stop = new AbortController();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    batch.work = () => gate;
    const worker = batch.startWorker();
    const first = batch.submit({ signal: stop.signal });
    while (batch.tried.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    stop.abort(new Error('stopped'));
    await expect(first).rejects.toThrow();
    const second = batch.submit();
    open();
    // What the worker had in hand may end before the second one plans.
    expect((await second).counts).toMatchObject({ dead: 0 });
    expect(await batch.ends('published')).toBe(30);
    expect(batch.tried).toHaveLength(30);
    await worker.stop();
  });

  it('takes no job of somebody else', async () => {
    const batch = new QueueBatch(redis.url, 2);
    const { Queue } = await import('bullmq');
    const queue = new Queue('colloquy', { connection: { url: redis.url }, prefix: '{colloquy}' });
    const foreign = await queue.add('other', { hello: 'world' });
    const worker = batch.startWorker();
    expect((await batch.submit()).counts).toMatchObject({ done: 2 });
    expect(await foreign.getState()).toBe('failed');
    await worker.stop();
    await queue.close();
  });

  it('outlives a store that is killed and comes back, and loses nothing', async () => {
    const batch = new QueueBatch(redis.url, 80);
    let done = 0;
    batch.work = async () => {
      done += 1;
      const number = done;
      await new Promise((resolve) => setTimeout(resolve, 5));
      // By its own number: several at once would start several servers, and leave one behind.
      if (number === 20 || number === 50) {
        await redis.kill();
        void new Promise((resolve) => setTimeout(resolve, 200)).then(() => redis.start());
      }
    };
    const workers = [batch.startWorker(), batch.startWorker()];
    const { counts } = await batch.submit();
    expect(counts).toMatchObject({ done: 80, dead: 0 });
    expect(await batch.ends('published')).toBe(80);
    await Promise.all(workers.map((worker) => worker.stop()));
  }, 60_000);

  it('says so when the store is full, and blames no recording', async () => {
    const batch = new QueueBatch(redis.url, 5);
    const fill = async (): Promise<void> => {
      await asked((client) => client.config('SET', 'maxmemory', '1mb'));
    };
    await expect(batch.submit({ onOpen: fill })).rejects.toMatchObject({
      code: 'remote_failed',
      message: expect.stringContaining('full') as string,
    });
    await asked((client) => client.config('SET', 'maxmemory', '0'));
    const worker = batch.startWorker();
    expect((await batch.submit()).counts).toMatchObject({ done: 5, dead: 0 });
    await worker.stop();
  });

  it('ends with a plain reason when the store stays away', async () => {
    const own = await startRealRedis(program!);
    const batch = new QueueBatch(own.url, 5);
    const worker = batch.startWorker({ awayMs: 300 });
    const submitted = batch.submit({ awayMs: 300, onOpen: () => own.kill() });
    await expect(submitted).rejects.toMatchObject({ code: 'remote_failed' });
    await expect(worker.running).rejects.toMatchObject({ code: 'remote_failed' });
    await own.stop();
  });

  it('wants a store that keeps what it is given', async () => {
    await asked(async (client) => {
      await client.config('SET', 'maxmemory', '1gb');
      await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    });
    await expect(new QueueBatch(redis.url, 1).submit()).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining('noeviction') as string,
    });
    await asked(async (client) => {
      await client.config('SET', 'maxmemory', '0');
      await client.config('SET', 'maxmemory-policy', 'noeviction');
    });
  });

  it('says what is wrong where a password is wanted', async () => {
    const locked = await startRealRedis(program!, ['--requirepass', 'secret']);
    const wrong = locked.url.replace('redis://', 'redis://default:other@');
    for (const url of [locked.url, wrong]) {
      const refused = new QueueBatch(url, 1).submit();
      await expect(refused).rejects.toMatchObject({ code: 'unauthorized' });
      await expect(refused).rejects.not.toThrow('other');
    }
    await locked.stop();
  });
});
