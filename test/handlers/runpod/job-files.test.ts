import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openJobFiles } from '../../../handlers/runpod/index.ts';
import { OBJECT_STORE_KEYS, ObjectStore } from '../../support/object-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const server = await ObjectStore.start();
afterAll(() => server.close());

const context = { signal: new AbortController().signal, freePlace: () => undefined };
/** Where tests may go: this store, which a caller could not name. */
const policy = { allowHttp: true, ports: [Number(new URL(server.url).port)], allowAddress: () => true };
const bucket = {
  bucket: 'ours',
  store: { endpoint: server.url, credentials: OBJECT_STORE_KEYS },
  keyPrefix: 'made/',
  linkSeconds: 60,
};
const s3Config = {
  accessId: OBJECT_STORE_KEYS.accessKeyId,
  accessSecret: OBJECT_STORE_KEYS.secretAccessKey,
  bucketName: 'theirs',
  endpointUrl: server.url,
};
const file = { name: 'result.txt', bytes: Buffer.from('made of the job'), mediaType: 'text/plain' };

describe('files of jobs', () => {
  it('go into the bucket of the worker, and a link leads to them', async () => {
    const files = openJobFiles({ bucket, policy });
    const { url } = await files.upload({ id: 'job/1', input: {} }, file, context);
    expect(await (await fetch(url)).text()).toBe('made of the job');
    expect([...server.objects.keys()]).toContain('/ours/made/job_1/result.txt');
    await files.close();
  });

  it('go into the bucket that the job brings along, before that of the worker', async () => {
    for (const own of [bucket, undefined]) {
      server.objects.clear();
      const files = openJobFiles({ bucket: own, policy });
      await files.upload({ id: 'job-2', input: {}, s3Config }, file, context);
      expect([...server.objects.keys()]).toEqual([expect.stringMatching(/^\/theirs\/.*job-2\/result\.txt$/)]);
      await files.close();
    }
  });

  it('need a bucket, and one that a caller may name', async () => {
    const none = openJobFiles();
    await expect(none.upload({ id: 'job', input: {} }, file, context)).rejects.toMatchObject({
      code: 'configuration_invalid',
    });
    // Without the policy of this test the store is an address of this machine.
    await expect(none.upload({ id: 'job', input: {}, s3Config }, file, context)).rejects.toMatchObject({
      name: expect.stringMatching(/Input/),
    });
    await none.close();
  });

  it('come in from where callers may point to, bounded, and go again', async () => {
    const folder = join(temporaryFolder(), 'jobs');
    const files = openJobFiles({ bucket, policy, folder });
    const { url } = await files.upload({ id: 'job-3', input: {} }, file, context);
    const fetched = await files.download(url, context);
    expect(readFileSync(fetched.path, 'utf8')).toBe('made of the job');
    await fetched.dispose();
    expect(existsSync(fetched.path)).toBe(false);
    await files.close();

    const small = openJobFiles({ policy, folder, limits: { maxBytes: 5 } });
    await expect(small.download(url, context)).rejects.toMatchObject({ code: 'audio_too_large' });
    await small.close();
  });

  it('are not fetched from this machine or its network', async () => {
    const files = openJobFiles();
    for (const url of [
      server.url,
      'https://127.0.0.1/',
      'https://169.254.169.254/latest',
      'file:///etc/passwd',
    ]) {
      await expect(files.download(url, context), url).rejects.toMatchObject({ code: 'audio_url_forbidden' });
    }
    await files.close();
  });
});
