import { inspect } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { CanceledError } from '../../../../core/errors.ts';
import { openS3ResultStore } from '../../../../handlers/work/s3/s3-result-store.ts';
import { OBJECT_STORE_KEYS, ObjectStore } from '../../../support/object-store.ts';

const server = await ObjectStore.start();
afterAll(() => server.close());
beforeEach(() => {
  server.objects.clear();
  server.refusal = undefined;
});

const object = { bucket: 'results', key: 'a b/ü.json', mediaType: 'application/json' };
const bytes = Buffer.from('{"text":"long"}');
const open = (endpoint = server.url) => openS3ResultStore({ endpoint, credentials: OBJECT_STORE_KEYS }, 3600);

describe('a store for results', () => {
  it('keeps an object with its media type, and links to it for as long as asked', async () => {
    const { url, expiresAt } = await (await open()).put(object, bytes);
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
      const failure = await (await open(url())).put(object, bytes).catch((error: unknown) => error);
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
    await expect((await open()).put(object, bytes, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(server.objects.size).toBe(0);
  });
});
