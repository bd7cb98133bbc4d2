import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  parseS3ResultOptions,
  storeResultsInS3,
  type StoredResult,
} from '../../../handlers/runpod/s3-results.ts';

let server: Server;
let endpoint: string;
const objects = new Map<string, { body: string; type: string | undefined }>();
let refuse: string | undefined;

/** A store that keeps what is put and gives it to signed requests: what S3 does, as far as results need it. */
beforeEach(async () => {
  objects.clear();
  refuse = undefined;
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const url = new URL(request.url!, 'http://store');
      const isSigned =
        request.headers.authorization?.includes('KEYID') ?? url.searchParams.has('X-Amz-Signature');
      if (refuse !== undefined || !isSigned) {
        response.writeHead(403, { 'content-type': 'application/xml' });
        response.end(
          `<Error><Code>${refuse ?? 'AccessDenied'}</Code><Message>KEYID /secret</Message></Error>`,
        );
      } else if (request.method === 'PUT') {
        const body = Buffer.concat(parts).toString();
        objects.set(url.pathname, { body, type: request.headers['content-type'] });
        response.end();
      } else response.end(objects.get(url.pathname)?.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const value = { job: { id: 'job/1', input: {} }, json: '{"text":"long"}', bytes: 99, limitBytes: 10 };

function store(): ReturnType<typeof storeResultsInS3> {
  const options = parseS3ResultOptions({
    BUCKET_NAME: 'results',
    BUCKET_ENDPOINT_URL: endpoint,
    BUCKET_ACCESS_KEY_ID: 'KEYID',
    BUCKET_SECRET_ACCESS_KEY: 'SECRET',
  });
  return storeResultsInS3(options!);
}

describe('storeResultsInS3', () => {
  it('is off without a bucket', () => {
    expect(parseS3ResultOptions({ BUCKET_NAME: '' })).toBeUndefined();
  });

  it('puts the output as JSON and answers with a link that works and its end', async () => {
    const { storedResult } = (await store()(value)) as StoredResult;
    expect(await (await fetch(storedResult.url)).text()).toBe('{"text":"long"}');
    expect(storedResult).toMatchObject({ bytes: 15, contentType: 'application/json' });
    expect(Date.parse(storedResult.expiresAt) - Date.now()).toBeGreaterThan(6 * 24 * 3600_000);
    const [path, object] = [...objects][0]!;
    expect(path).toMatch(/^\/results\/colloquy-results\/job_1\/[0-9a-f-]{36}\.json$/);
    expect(object.type).toBe('application/json');
  });

  it('says why the store did not take it, without key, address or the words of the store', async () => {
    refuse = 'AccessDenied';
    const failure = await store()(value).catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({ code: 'output_not_writable' });
    expect((failure as Error).message).toContain('AccessDenied');
    expect(JSON.stringify(failure) + (failure as Error).message).not.toMatch(
      /KEYID|SECRET|127\.0\.0\.1|secret/,
    );
    expect((failure as Error).cause).toBeUndefined();
  });
});
