import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ColloquyError, presignedUpload, s3Upload, type Upload } from '../../../sdk/index.ts';

/** A store on loopback that keeps what is PUT. */
const objects = new Map<string, { body: Buffer; headers: IncomingMessage['headers'] }>();
let statuses: number[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const status = statuses.shift() ?? 200;
    if (status === 200)
      objects.set(request.url ?? '', { body: Buffer.concat(chunks), headers: request.headers });
    response.writeHead(status).end('SECRET REPLY');
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => server.close());
beforeEach(() => {
  objects.clear();
  statuses = [];
});

const blob = new Blob([new Uint8Array(5000).fill(7)], { type: 'audio/wav' });
const run = (upload: Upload, signal = new AbortController().signal) =>
  upload(blob, { name: 'a.wav', signal });

describe('a presigned upload', () => {
  const presigned = (headers?: Record<string, string>): Upload =>
    presignedUpload(({ name, bytes, contentType }) => {
      expect([name, bytes, contentType]).toEqual(['a.wav', 5000, 'audio/wav']);
      return Promise.resolve({
        uploadUrl: `${endpoint}/put?X-Signature=SECRET`,
        audio: { url: 'https://store.example.com/get' },
        ...(headers === undefined ? {} : { headers }),
      });
    });

  test('PUTs the bytes with their length, and passes on where they are', async () => {
    expect(await run(presigned())).toEqual({ url: 'https://store.example.com/get' });
    const [stored] = objects.values();
    expect(stored?.body.length).toBe(5000);
    expect(stored?.headers).toMatchObject({ 'content-length': '5000', 'content-type': 'audio/wav' });
    expect(stored?.headers['transfer-encoding']).toBeUndefined();
  });

  test('sends the headers that were signed', async () => {
    await run(presigned({ 'x-amz-meta-a': 'b' }));
    expect([...objects.values()][0]?.headers['x-amz-meta-a']).toBe('b');
  });

  test('is tried again after a failure of the store', async () => {
    statuses = [503];
    await run(presigned());
    expect(objects.size).toBe(1);
  });

  test('that is refused is a typed error without the address', async () => {
    statuses = [403];
    const error = await run(presigned()).catch((e: unknown) => e as Error);
    expect(error).toMatchObject({
      name: 'ConnectionError',
      code: 'remote_failed',
      status: 403,
      retryable: false,
    });
    expect((error as Error).message).not.toMatch(/SECRET|127\.0\.0\.1|Signature/);
  });

  test('that the store cannot take at present may be tried again', async () => {
    vi.useFakeTimers();
    const presign = () =>
      Promise.resolve({
        uploadUrl: 'https://store.example.com/put',
        audio: { url: 'https://x.example.com' },
      });
    const busy = () => Promise.resolve(new Response('', { status: 503 }));
    const failing = run(presignedUpload(presign, { fetch: busy })).catch((e: unknown) => e);
    await vi.advanceTimersByTimeAsync(60_000);
    vi.useRealTimers();
    expect(await failing).toMatchObject({ code: 'remote_failed', status: 503, retryable: true });
  });

  test('stops with its signal', async () => {
    await expect(run(presigned(), AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });
});

describe('an S3 upload', () => {
  const options = {
    bucket: 'recordings',
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'SECRET-KEY' },
  };

  test('goes to a random key, signed, and gives a presigned address', async () => {
    const source = await run(s3Upload(options));
    const [path, stored] = [...objects][0]!;
    expect(path).toMatch(/^\/recordings\/colloquy\/[0-9a-f]{32}\?.*X-Amz-Signature=/);
    expect(path).not.toMatch(/crc32|checksum/i);
    expect(stored.body.length).toBe(5000);
    const url = new URL((source as { url: string }).url);
    expect(url.pathname).toBe(path.split('?')[0]);
    expect(url.searchParams.get('X-Amz-Expires')).toBe('86400');
    expect(url.href).not.toContain('SECRET-KEY');
  });

  test('can give the object itself, for workers with credentials', async () => {
    const source = await run(s3Upload({ ...options, prefix: 'in/', reference: 's3' }));
    expect(source).toEqual({
      s3: {
        bucket: 'recordings',
        key: expect.stringMatching(/^in\/[0-9a-f]{32}$/),
        region: 'eu-central-1',
        endpoint,
      },
    });
  });

  test('without credentials is a typed error that says what to do', async () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
    // No request to the metadata service, no file of this machine.
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    const { credentials: _, ...anonymous } = options;
    const error = await run(s3Upload(anonymous)).catch((e: unknown) => e);
    vi.unstubAllEnvs();
    expect(error).toBeInstanceOf(ColloquyError);
    expect(error).toMatchObject({ code: 'configuration_invalid', retryable: false });
    expect((error as Error).cause).toBeUndefined();
    expect((error as Error).message).toMatch(/CredentialsProviderError.*credentials/);
    expect(objects.size).toBe(0);
  });
});
