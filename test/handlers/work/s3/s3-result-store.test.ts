import { inspect } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { CanceledError } from '../../../../core/errors.ts';
import { DELIVERY_SCHEDULE } from '../../../../core/net/deliver.ts';
import { openS3ResultStore } from '../../../../handlers/work/s3/s3-result-store.ts';
import { fakeClock } from '../../runpod/fake-platform.ts';
import { OBJECT_STORE_KEYS, ObjectStore } from '../../../support/object-store.ts';

const server = await ObjectStore.start();
afterAll(() => server.close());
beforeEach(() => {
  server.objects.clear();
  server.refusal = undefined;
});

const bytes = Buffer.from('{"text":"long"}');
const object = { bucket: 'results', key: 'a b/ü.json', mediaType: 'application/json', bytes };
const open = (endpoint = server.url, clock = fakeClock()) =>
  openS3ResultStore({
    store: { endpoint, credentials: OBJECT_STORE_KEYS },
    linkSeconds: 3600,
    silenceTimeoutMs: 500,
    clock,
  });

describe('a store for results', () => {
  it('keeps an object with its media type, and links to it for as long as asked', async () => {
    const { url, expiresAt } = await (await open()).put(object);
    expect(await (await fetch(url)).text()).toBe('{"text":"long"}');
    expect([...server.objects]).toEqual([
      ['/results/a%20b/%C3%BC.json', { body: '{"text":"long"}', type: 'application/json' }],
    ]);
    const seconds = (Date.parse(expiresAt) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(3590);
    expect(seconds).toBeLessThanOrEqual(3600);
  });

  it.each([
    ['refuses', () => server.url, /AccessDenied/],
    ['cannot be reached', () => 'http://127.0.0.1:9', /ECONNREFUSED/],
  ])(
    'that %s is named by its reason alone: nowhere bucket, key, address or secret',
    async (_, url, reason) => {
      server.refusal = 'AccessDenied';
      const failure = await (await open(url())).put(object).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: 'output_not_writable',
        message: expect.stringMatching(reason) as string,
        details: { bytes: bytes.length },
      });
      // As a log would print it, hidden fields and causes included.
      const { stack: _stack, ...fields } = failure as Error;
      const shown = inspect([(failure as Error).message, (failure as Error).cause, fields], { depth: 9 });
      expect(shown).not.toMatch(/KEYID|SECRET|secret|127\.0\.0\.1|results\/|ü|X-Amz/);
    },
  );

  it('is left when the job is stopped, with the reason of the signal', async () => {
    const reason = new CanceledError();
    await expect((await open()).put(object, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.objects.size).toBe(0);
  });

  it.each<[string, (readonly [number, string] | 'cut' | 'silence')[], number[]]>([
    ['an outage of a moment', [[503, 'SlowDown'], 'cut', [500, 'InternalError']], [2, 3, 5]],
    ['keys that are being changed', [[403, 'InvalidAccessKeyId']], [2]],
    ['keys that had run out', [[400, 'ExpiredToken']], [2]],
    ['a bucket that was not there yet', [[404, 'NoSuchBucket']], [2]],
    ['two writers at once', [[409, 'OperationAborted']], [2]],
    ['401', [[401, 'Unauthorized']], [2]],
    ['a store that falls silent', ['silence'], [2]],
    ['a slow line', [[400, 'RequestTimeout']], [2]],
    ['a wrong clock', [[403, 'RequestTimeTooSkewed']], [2]],
  ])('keeps the object after %s', async (_, faults, waits) => {
    server.putFaults.push(...faults);
    const clock = fakeClock();
    const slow: number[] = [];
    const { url } = await (
      await open(server.url, clock)
    ).put(object, { onSlow: () => slow.push(clock.sleeps.length) });
    expect(await (await fetch(url)).text()).toBe('{"text":"long"}');
    expect(clock.sleeps.map((ms) => Math.floor(ms / 1000))).toEqual(waits);
  });

  it('tries for ten minutes while the store fails, and says that another try may help', async () => {
    server.putFaults.push(...Array.from({ length: 200 }, () => [503, 'SlowDown'] as const));
    const clock = fakeClock();
    const slowAfter: number[] = [];
    const failure = await (
      await open(server.url, clock)
    )
      .put(object, { onSlow: () => slowAfter.push(clock.sleeps.length) })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'output_not_writable', retryable: true });
    expect(clock.now()).toBeGreaterThan(560_000);
    expect(clock.now()).toBeLessThanOrEqual(600_000);
    // The place of the job is free after the third failure.
    expect(slowAfter[0]).toBe(2);
    server.putFaults.length = 0;
  });

  it('gives up a store that goes on refusing after a minute, and one that knows better at once', async () => {
    server.putFaults.push(...Array.from({ length: 200 }, () => [403, 'AccessDenied'] as const));
    const clock = fakeClock();
    const slowAfter: number[] = [];
    const put = (await open(server.url, clock)).put(object, {
      onSlow: () => slowAfter.push(clock.sleeps.length),
    });
    await expect(put).rejects.toMatchObject({ code: 'output_not_writable', retryable: false });
    expect(clock.now()).toBeGreaterThan(30_000);
    expect(clock.now()).toBeLessThanOrEqual(60_000);
    expect(slowAfter[0], 'nobody waits for a refusal').toBe(0);
    server.putFaults.splice(0, 200, [400, 'InvalidBucketName']);
    const hopeless = fakeClock();
    await expect((await open(server.url, hopeless)).put(object)).rejects.toMatchObject({ retryable: false });
    expect(hopeless.sleeps).toEqual([]);
  });

  it('ends the wait between two tries when the job is stopped', async () => {
    server.putFaults.push(...Array.from({ length: 3 }, () => [503, 'SlowDown'] as const));
    const stop = new AbortController();
    const put = (
      await openS3ResultStore({
        store: { endpoint: server.url, credentials: OBJECT_STORE_KEYS },
        linkSeconds: 60,
        schedule: { ...DELIVERY_SCHEDULE, failuresUntilSlow: 1 },
      })
    ).put(object, { signal: stop.signal, onSlow: () => stop.abort(new CanceledError()) });
    await expect(put).rejects.toBeInstanceOf(CanceledError);
    server.putFaults.length = 0;
  });
});
