import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { isSpeechError } from '../../../../core/errors.ts';
import { isRetryable } from '../../../../handlers/errors/error-mapping.ts';
import { createAudioFetcher, type AudioFetcherOptions } from '../../../../handlers/work/fetch-audio/index.ts';
import { startLoopbackServer, testPolicy } from '../fetch-audio/loopback-server.ts';

const folder = await mkdtemp(join(tmpdir(), 'colloquy-test-'));
afterAll(() => rm(folder, { recursive: true }));

const store = await startLoopbackServer();
const bytes = randomBytes(200_000);
const credentials = {
  accessKeyId: 'AKIAEXAMPLE',
  secretAccessKey: 'SECRET-KEY',
  sessionToken: 'SECRET-SESSION',
};
const own = { endpoint: store.url, region: 'eu-central-1', credentials };
const object = { bucket: 'recordings', key: 'a b/ü+&.wav' };

beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
  // No request to the metadata service, no file of this machine.
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
  process.env.AWS_SHARED_CREDENTIALS_FILE = '/nonexistent';
  process.env.AWS_CONFIG_FILE = '/nonexistent';
});

function answerError(status: number, code: string, headers: Record<string, string> = {}): RequestListener {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/xml', ...headers });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>SECRET TEXT</Message></Error>`);
  };
}

function fetcher(options: AudioFetcherOptions = { s3: own }) {
  const limits = { retryDelayMs: 5, maxRetries: 2, headersTimeoutMs: 2000 };
  return createAudioFetcher({ policy: testPolicy(store.port), limits, folder, ...options });
}

async function failure(options?: AudioFetcherOptions, s3: object = object): Promise<Error> {
  const error = await fetcher(options)
    .fetch({ s3: s3 as typeof object }, new AbortController().signal)
    .catch((e: unknown) => e as Error);
  expect(error).toBeInstanceOf(Error);
  const text = JSON.stringify([(error as Error).message, (error as { details?: unknown }).details]);
  expect(text).not.toMatch(/SECRET|AKIA|recordings|a b|127\.0\.0\.1/);
  expect(await readdir(folder)).toEqual([]);
  return error as Error;
}

describe('an object in the operator’s store', () => {
  test('arrives byte for byte, by path-style address, signed, whatever its key holds', async () => {
    store.handle = (request, response) => {
      expect(request.url?.split('?')[0]).toBe('/recordings/a%20b/%C3%BC%2B%26.wav');
      expect(request.headers.authorization).toContain('AKIAEXAMPLE');
      expect(request.headers['x-amz-checksum-mode']).toBeUndefined();
      response.writeHead(200, { 'content-length': bytes.length, etag: '"e"' }).end(bytes);
    };
    const audio = await fetcher().fetch({ s3: object }, new AbortController().signal);
    expect((await readFile(audio.path)).equals(bytes)).toBe(true);
    await audio.dispose();
  });

  test('is resumed where the connection was cut', async () => {
    store.handle = (request, response) => {
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (start > 0) expect(request.headers['if-match']).toBe('"e"');
      response.writeHead(start > 0 ? 206 : 200, { 'content-length': bytes.length - start, etag: '"e"' });
      if (start > 0) response.end(bytes.subarray(start));
      else response.write(bytes.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 20));
    };
    const audio = await fetcher().fetch({ s3: object }, new AbortController().signal);
    expect((await readFile(audio.path)).equals(bytes)).toBe(true);
    await audio.dispose();
  });

  test('that changed since the cut is read from the start', async () => {
    let asked = 0;
    store.handle = (request, response) => {
      asked++;
      if (request.headers['if-match'] !== undefined) {
        answerError(412, 'PreconditionFailed')(request, response);
        return;
      }
      response.writeHead(200, { 'content-length': bytes.length, etag: `"${asked}"` });
      if (asked > 1) response.end(bytes);
      else response.write(bytes.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 20));
    };
    const audio = await fetcher().fetch({ s3: object }, new AbortController().signal);
    expect((await readFile(audio.path)).equals(bytes)).toBe(true);
    await audio.dispose();
  });
});

describe('a store that refuses', () => {
  test.each([
    [404, 'NoSuchKey', 'audio_unreachable', /bucket and the key/],
    [404, 'NoSuchBucket', 'audio_unreachable', /bucket and the key/],
    [403, 'AccessDenied', 'unauthorized', /right to read/],
    [403, 'InvalidAccessKeyId', 'unauthorized', /refuses this worker/],
    [403, 'SignatureDoesNotMatch', 'unauthorized', /refuses this worker/],
    [400, 'AuthorizationHeaderMalformed', 'invalid_option', /another region/],
    [301, 'PermanentRedirect', 'invalid_option', /another region/],
    [400, 'InvalidBucketName', 'invalid_option', /Check audio\.s3/],
  ])('%i %s is %s, with what to do', async (status, name, code, advice) => {
    store.handle = answerError(status, name);
    const error = await failure();
    expect(error).toMatchObject({ code, details: { reason: name } });
    expect(isSpeechError(error) ? isRetryable(error) : error).toBe(false);
    expect(error.message).toMatch(advice);
  });

  test('names the right region where the store says it', async () => {
    store.handle = answerError(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'ap-south-1' });
    expect(await failure()).toMatchObject({ code: 'invalid_option', details: { region: 'ap-south-1' } });
  });

  test('is asked again after 503, and given up', async () => {
    store.handle = answerError(503, 'SlowDown');
    expect(await failure()).toMatchObject({
      code: 'audio_unreachable',
      retryable: true,
      details: { attempts: 3 },
    });
  });

  test('is not even asked without credentials', async () => {
    const before = store.requests.length;
    expect(await failure({ s3: { endpoint: store.url } })).toMatchObject({ code: 'configuration_invalid' });
    expect(store.requests.length).toBe(before);
  });

  test('is not asked for buckets that the operator did not name', async () => {
    const before = store.requests.length;
    expect(await failure({ s3: { ...own, buckets: ['other'] } })).toMatchObject({ code: 'unauthorized' });
    expect(store.requests.length).toBe(before);
  });

  test('gives more than the limit', async () => {
    store.handle = (_, response) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    const error = await failure({ s3: own, limits: { maxBytes: 1000 } });
    expect(error).toMatchObject({ code: 'audio_too_large' });
  });
});

describe('a store that the caller names', () => {
  test.each(['http://169.254.169.254', 'http://10.0.0.1', 'http://127.0.0.1:9000', 'http://[::1]'])(
    '%s is refused, as a URL would be',
    async (endpoint) => {
      expect(await failure({ s3: own }, { ...object, endpoint })).toMatchObject({
        code: 'audio_url_forbidden',
      });
    },
  );

  test('by a name that leads inside is refused when it is dialled', async () => {
    const policy = {
      ...testPolicy(store.port),
      resolveName: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    };
    const before = store.requests.length;
    const error = await failure(
      { s3: own, policy },
      { ...object, endpoint: `http://inside.test:${store.port}` },
    );
    expect(error).toMatchObject({ code: 'audio_url_forbidden' });
    expect(store.requests.length).toBe(before);
  });

  test('never sees our key id, signature or session token', async () => {
    const foreign = await startLoopbackServer((request, response) => {
      expect(request.headers.authorization).toBeUndefined();
      expect(JSON.stringify(request.headers)).not.toMatch(/AKIA|SECRET/);
      response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    });
    const policy = testPolicy(foreign.port, '127.0.0.1');
    const audio = await fetcher({ s3: own, policy }).fetch(
      { s3: { ...object, endpoint: foreign.url } },
      new AbortController().signal,
    );
    expect(foreign.requests).toHaveLength(1);
    await audio.dispose();
  });
});
