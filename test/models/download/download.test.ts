import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ModelProgress } from '../../../models/store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { serveBytes, startFileServer, type ServeOptions } from '../support/file-server.ts';
import { contentOf, sha256Of, smallManifest, storeAt } from '../support/small-model.ts';

const content = contentOf(400_000);
const manifest = smallManifest({ 'model.onnx': content });
const sizeless = smallManifest({ 'model.onnx': content }, { withoutBytes: true });

/** Serves `content` with the faults of each request in turn; the last ones stay. */
function serveFaults(...faults: readonly ServeOptions[]) {
  return startFileServer((request, response, earlier) =>
    serveBytes(request, response, content, faults[Math.min(earlier, faults.length - 1)]),
  );
}

function target(root: string): string {
  return join(root, 'downloads', 'small', 'model.onnx');
}

/** What lies beside the target: nothing but it, once all is well. */
function leftovers(root: string): string[] {
  return readdirSync(join(root, 'downloads', 'small')).filter((name) => name !== 'model.onnx');
}

describe('a download', () => {
  it('lands under its final name only, with progress to the last byte', async () => {
    const server = await serveFaults({});
    const root = temporaryFolder();
    const progress: ModelProgress[] = [];
    const { paths, place } = await storeAt(server.origin, root, { manifest }).obtain('small', {
      onProgress: (step) => progress.push(step),
    });
    expect({ paths, place }).toEqual({ paths: { 'model.onnx': target(root) }, place: 'downloads' });
    expect(readFileSync(target(root)).equals(content)).toBe(true);
    expect(leftovers(root)).toEqual([]);
    expect(server.requests.map(({ path }) => path)).toEqual(['/org/small/resolve/abc123/model.onnx']);
    expect(progress.at(-1)).toEqual({
      id: 'small',
      file: 'model.onnx',
      receivedBytes: 400_000,
      totalBytes: 400_000,
    });
    const received = progress.map((step) => step.receivedBytes);
    expect(received).toEqual([...received].sort((a, b) => a - b));
  });

  it('resumes after each cut, asking for the same version', async () => {
    const etag = '"v1"';
    const server = await serveFaults(
      { etag, cutAfterBytes: 150_000 },
      { etag, cutAfterBytes: 150_000 },
      { etag },
    );
    const root = temporaryFolder();
    await storeAt(server.origin, root, { manifest }).pull('small');
    expect(readFileSync(target(root)).equals(content)).toBe(true);
    expect(server.requests.map(({ range, ifRange }) => [range, ifRange])).toEqual([
      [undefined, undefined],
      ['bytes=150000-', '"v1"'],
      ['bytes=300000-', '"v1"'],
    ]);
  });

  it('goes on in a later call where an earlier one gave up', async () => {
    const root = temporaryFolder();
    const broken = await serveFaults({ cutAfterBytes: 50_000 });
    await expect(storeAt(broken.origin, root, { manifest }).pull('small')).rejects.toMatchObject({
      code: 'model_download_failed',
      retryable: true,
    });
    expect(existsSync(target(root))).toBe(false);
    const whole = await serveFaults({});
    await storeAt(whole.origin, root, { manifest }).pull('small');
    expect(whole.requests[0]!.range).toBe('bytes=250000-');
    expect(readFileSync(target(root)).equals(content)).toBe(true);
  });

  it('starts over when the version changed meanwhile, and when the server knows no ranges', async () => {
    for (const second of [{ etag: '"v2"' }, { etag: '"v1"', ranges: false }]) {
      const server = await serveFaults({ etag: '"v1"', cutAfterBytes: 100_000 }, second);
      const root = temporaryFolder();
      await storeAt(server.origin, root, { manifest }).pull('small');
      expect(server.requests[1]!.range).toBe('bytes=100000-');
      expect(readFileSync(target(root)).equals(content)).toBe(true);
    }
  });

  it('starts over when what lay there does not fit, also when it is too long', async () => {
    for (const leftover of [contentOf(1000, 9), contentOf(500_000, 9)]) {
      const root = temporaryFolder();
      mkdirSync(join(root, 'downloads', 'small'), { recursive: true });
      writeFileSync(`${target(root)}.part`, leftover);
      const server = await serveFaults({});
      await storeAt(server.origin, root, { manifest }).pull('small');
      expect(readFileSync(target(root)).equals(content)).toBe(true);
      expect(leftovers(root)).toEqual([]);
    }
  });

  it('publishes a complete leftover without asking for a byte', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'downloads', 'small'), { recursive: true });
    writeFileSync(`${target(root)}.part`, content);
    const server = await serveFaults({});
    await storeAt(server.origin, root, { manifest }).pull('small');
    expect(server.requests).toHaveLength(0);
    expect(readFileSync(target(root)).equals(content)).toBe(true);
  });

  it('is complete when a Content-Length promised more: the checksum decides', async () => {
    for (const variant of [manifest, sizeless]) {
      const server = await serveFaults({ claimedLength: 600_000 });
      const root = temporaryFolder();
      await storeAt(server.origin, root, { manifest: variant }).pull('small');
      expect(readFileSync(target(root)).equals(content)).toBe(true);
    }
  });

  it('fails when a Content-Length promises less than there is', async () => {
    const server = await serveFaults({ claimedLength: 100_000, ranges: false });
    const root = temporaryFolder();
    const known = storeAt(server.origin, root, { manifest });
    await expect(known.pull('small')).rejects.toThrow('the transfer ended after 100000 of 400000 bytes');
    const unknown = storeAt(server.origin, temporaryFolder(), { manifest: sizeless });
    await expect(unknown.pull('small')).rejects.toMatchObject({ code: 'model_checksum_mismatch' });
    expect(existsSync(target(root))).toBe(false);
  });

  it('refuses a file with another checksum, naming both, and keeps nothing of it', async () => {
    for (const variant of [content, contentOf(400_000, 3)]) {
      const server = await startFileServer((request, response) => serveBytes(request, response, variant));
      const root = temporaryFolder();
      const wanted = smallManifest({ 'model.onnx': content }, { sha256: sha256Of(contentOf(5)) });
      const store = storeAt(server.origin, root, { manifest: wanted });
      const error = (await store.pull('small').catch((reason: unknown) => reason)) as Error;
      expect(error).toMatchObject({ code: 'model_checksum_mismatch' });
      expect(error.message).toContain(sha256Of(contentOf(5)));
      expect(error.message).toContain(sha256Of(variant));
      expect(server.requests).toHaveLength(1);
      expect(
        readdirSync(join(root, 'downloads', 'small'), { withFileTypes: true }).map(({ name }) => name),
      ).toEqual(['model.onnx.part']);
      expect(readFileSync(`${target(root)}.part`)).toHaveLength(0);
    }
  });

  it('stops a source that sends more than the manifest or the limit allows', async () => {
    const endless = () =>
      startFileServer((_, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(contentOf(100_000)), 1);
        response.on('close', () => clearInterval(timer));
      });
    const server = await endless();
    const root = temporaryFolder();
    await expect(storeAt(server.origin, root, { manifest }).pull('small')).rejects.toThrow(
      /more than the 400000 bytes/,
    );
    const limited = storeAt(server.origin, root, { manifest: sizeless, maxFileBytes: 250_000 });
    await expect(limited.pull('small')).rejects.toThrow(/more than the 250000 bytes/);
    expect(readFileSync(`${target(root)}.part`)).toHaveLength(0);
  });

  it('asks again after 503 and 429, when they say, and gives up at once on 404', async () => {
    const askedAt: number[] = [];
    const patient = await startFileServer((request, response, earlier) => {
      askedAt.push(performance.now());
      if (earlier < 2) response.writeHead(earlier === 0 ? 503 : 429, { 'retry-after': '0.3' }).end();
      else serveBytes(request, response, content);
    });
    await storeAt(patient.origin, temporaryFolder(), { manifest }).pull('small');
    expect(patient.requests).toHaveLength(3);
    expect(askedAt[1]! - askedAt[0]!).toBeGreaterThan(295);
    expect(askedAt[2]! - askedAt[1]!).toBeGreaterThan(295);
    const absent = await startFileServer((_, response) => response.writeHead(404).end());
    await expect(storeAt(absent.origin, temporaryFolder(), { manifest }).pull('small')).rejects.toMatchObject(
      { message: expect.stringContaining('status 404') as string, retryable: false },
    );
    expect(absent.requests).toHaveLength(1);
  });

  it('takes the next source when one fails', async () => {
    const server = await startFileServer((request, response) => {
      if (request.url === '/good') serveBytes(request, response, content);
      else response.writeHead(410).end();
    });
    const [model] = structuredClone(manifest.models);
    model!.files[0]!.sources!.push({ url: `${server.origin}/good` });
    const store = storeAt(server.origin, temporaryFolder(), {
      manifest: { schemaVersion: 1, models: [model!] },
    });
    await store.pull('small');
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/org/small/resolve/abc123/model.onnx',
      '/good',
    ]);
  });

  it('does not publish what another process took over meanwhile', async () => {
    const root = temporaryFolder();
    const server = await startFileServer((request, response) => {
      writeFileSync(join(root, 'downloads', 'small', '.lock'), 'somebody else');
      serveBytes(request, response, content);
    });
    const failure = storeAt(server.origin, root, { manifest }).pull('small');
    await expect(failure).rejects.toThrow('Another process took over');
    expect(existsSync(target(root))).toBe(false);
    expect(readFileSync(join(root, 'downloads', 'small', '.lock'), 'utf8')).toBe('somebody else');
  });

  it('stops at once when canceled, keeps the bytes, and goes on later', async () => {
    const root = temporaryFolder();
    const controller = new AbortController();
    const slow = await startFileServer((_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 100_000));
    });
    const canceled = storeAt(slow.origin, root, { manifest }).pull('small', {
      signal: controller.signal,
      onProgress: ({ receivedBytes }) => receivedBytes === 100_000 && controller.abort(),
    });
    await expect(canceled).rejects.toMatchObject({ code: 'canceled' });
    expect(leftovers(root)).toEqual(['model.onnx.part']);
    const server = await serveFaults({});
    await storeAt(server.origin, root, { manifest }).pull('small');
    expect(server.requests[0]!.range).toBe('bytes=100000-');
  });
});

describe('however a transfer is cut', () => {
  it('the file is the same in the end', async () => {
    const small = contentOf(20_000, 5);
    const smallFile = smallManifest({ 'model.onnx': small });
    const fault = fc.record({
      cutAfterBytes: fc.nat(20_000),
      ranges: fc.boolean(),
      etag: fc.constantFrom('"a"', '"b"', 'W/"a"'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 4 }), async (faults) => {
        const server = await startFileServer((request, response, earlier) =>
          serveBytes(request, response, small, faults[earlier] ?? {}),
        );
        const root = temporaryFolder();
        await storeAt(server.origin, root, { manifest: smallFile, firstPauseMs: 1 }).pull('small');
        expect(readFileSync(target(root)).equals(small)).toBe(true);
        expect(leftovers(root)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('redirects of a download', () => {
  const redirectTo = (location: string, status = 302) =>
    startFileServer((_, response) => response.writeHead(status, { location }).end());

  it('are followed, relative and absolute, up to five', async () => {
    const server = await startFileServer((request, response, earlier) => {
      if (earlier < 5)
        response.writeHead([301, 302, 303, 307, 308][earlier]!, { location: `/step${earlier}` }).end();
      else serveBytes(request, response, content);
    });
    await storeAt(server.origin, temporaryFolder(), { manifest }).pull('small');
    expect(server.requests).toHaveLength(6);
  });

  it.each([
    ['plain http', 'http://example.com/x', 'http://example.com is not https'],
    ['a private address', 'https://10.0.0.1/x', '10.0.0.1 is not an address of the public internet'],
    ['the metadata service', 'https://169.254.169.254/latest', '169.254.169.254 is not'],
    ['an IPv6 address of the local network', 'https://[fd00::1]/x', 'fd00::1 is not'],
    ['a decimal private address', 'https://167772161/x', '10.0.0.1 is not'],
    ['a file', 'file:///etc/passwd', 'is not https'],
    ['nowhere', 'http://', 'without a usable target'],
  ])('to %s are refused without a second try', async (_, location, message) => {
    const server = await redirectTo(location);
    const failure = storeAt(server.origin, temporaryFolder(), { manifest }).pull('small');
    await expect(failure).rejects.toMatchObject({ code: 'model_download_failed' });
    await expect(failure).rejects.toThrow(message);
    expect(server.requests).toHaveLength(1);
  });

  it('to a name that means this machine are refused, and a sixth redirect is', async () => {
    const name = await redirectTo('https://localhost:1/x');
    const strict = storeAt(name.origin, temporaryFolder(), { manifest, network: {} });
    await expect(strict.pull('small')).rejects.toThrow(/is not https|public internet/);
    const loop = await redirectTo('/again', 307);
    await expect(storeAt(loop.origin, temporaryFolder(), { manifest }).pull('small')).rejects.toThrow(
      'more than 5 redirects',
    );
    expect(loop.requests).toHaveLength(6);
  });
});

describe('a proxy', () => {
  it('is used for what it is configured for', async () => {
    const server = await serveFaults({});
    const tunnels: string[] = [];
    const proxy = createServer().on('connect', (request, client) => {
      tunnels.push(request.url!);
      const upstream = connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
      upstream.on('error', () => client.destroy());
      client.on('error', () => upstream.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void proxy.close());
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const pullThrough = (except?: string) =>
      storeAt(server.origin, temporaryFolder(), {
        manifest,
        network: { allowLoopback: true, proxy: { url, except } },
      }).pull('small');
    await pullThrough();
    expect(tunnels).toEqual([server.origin.slice('http://'.length)]);
    await pullThrough('127.0.0.1');
    expect(tunnels).toHaveLength(1);
  });
});
