import { afterAll, describe, expect, it } from 'vitest';
import { storeResultsInS3 } from '../../../handlers/runpod/s3-results.ts';
import { storedResultSchema } from '../../../sdk/contract/results/job-result.ts';
import { fakeClock } from './fake-platform.ts';
import { OBJECT_STORE_KEYS, ObjectStore } from '../../support/object-store.ts';

const server = await ObjectStore.start();
afterAll(() => server.close());

const value = {
  job: { id: 'job/1', input: {} },
  json: '{"text":"long"}',
  bytes: 99,
  limitBytes: 10,
  signal: new AbortController().signal,
  freePlace: () => undefined,
};
const bucket = {
  bucket: 'results',
  store: { endpoint: server.url, credentials: OBJECT_STORE_KEYS },
  keyPrefix: 'colloquy-results/',
  linkSeconds: 60,
};
const store = storeResultsInS3(bucket, { clock: fakeClock() });
/** Where tests may go: this store, which a caller could not name. */
const policy = { allowHttp: true, ports: [Number(new URL(server.url).port)], allowAddress: () => true };

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

  it('puts the output into the bucket that the job brings along, with the key of the job', async () => {
    server.objects.clear();
    const s3Config = {
      accessId: OBJECT_STORE_KEYS.accessKeyId,
      accessSecret: OBJECT_STORE_KEYS.secretAccessKey,
      bucketName: 'theirs',
      endpointUrl: server.url,
      objectPath: 'in/here',
    };
    for (const own of [bucket, undefined]) {
      const mine = storeResultsInS3(own, { policy, clock: fakeClock() });
      await mine({ ...value, job: { ...value.job, s3Config } });
    }
    for (const path of server.objects.keys()) {
      expect(path).toMatch(/^\/theirs\/in\/here\/job_1\/[0-9a-f-]{36}\.json$/);
    }
    expect(server.objects.size).toBe(2);
  });

  it('never goes where a job may not lead it, and says what is missing', async () => {
    const s3Config = {
      accessId: 'a',
      accessSecret: 'b',
      bucketName: 'theirs',
      endpointUrl: server.url,
    };
    const job = { ...value.job, s3Config };
    await expect(store({ ...value, job })).rejects.toMatchObject({ code: 'audio_url_forbidden' });
    await expect(store({ ...value, job: { ...job, s3Config: {} } })).rejects.toMatchObject({
      code: 'invalid_option',
    });
    await expect(storeResultsInS3(undefined)(value)).rejects.toMatchObject({ code: 'output_too_large' });
  });
});
