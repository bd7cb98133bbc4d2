import { afterAll, describe, expect, it } from 'vitest';
import { storeResultsInS3 } from '../../../handlers/runpod/s3-results.ts';
import { storedResultSchema } from '../../../sdk/contract/job-result.ts';
import { OBJECT_STORE_KEYS, ObjectStore } from '../../support/object-store.ts';

const server = await ObjectStore.start();
afterAll(() => server.close());

const value = { job: { id: 'job/1', input: {} }, json: '{"text":"long"}', bytes: 99, limitBytes: 10 };
const store = storeResultsInS3({
  bucket: 'results',
  store: { endpoint: server.url, credentials: OBJECT_STORE_KEYS },
  keyPrefix: 'colloquy-results/',
  linkSeconds: 60,
});

describe('storeResultsInS3', () => {
  it('puts the output as JSON under the job, and answers with a link that works, in the form of the contract', async () => {
    const { storedResult } = storedResultSchema.parse(await store(value));
    expect(await (await fetch(storedResult.url)).text()).toBe('{"text":"long"}');
    expect(storedResult).toMatchObject({ bytes: 15, contentType: 'application/json' });
    const [path, object] = [...server.objects][0]!;
    expect(path).toMatch(/^\/results\/colloquy-results\/job_1\/[0-9a-f-]{36}\.json$/);
    expect(object.type).toBe('application/json');
  });

  it('fails the job, not the worker, when the store refuses', async () => {
    server.refusal = 'AccessDenied';
    await expect(store(value)).rejects.toMatchObject({ code: 'output_not_writable' });
    server.refusal = undefined;
    await expect(store(value)).resolves.toBeDefined();
  });
});
