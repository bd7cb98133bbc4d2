import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { CanceledError } from '../../../../core/errors.ts';
import {
  createAudioFetcher,
  type AudioFetcher,
  type FetchLimits,
} from '../../../../handlers/work/fetch-audio/index.ts';
import { startLoopbackServer, testPolicy } from './loopback-server.ts';

const folder = await mkdtemp(join(tmpdir(), 'colloquy-test-'));
const server = await startLoopbackServer();
const bytes = randomBytes(300_000);
const ETAG = '"v1"';
const never = new AbortController().signal;
const fetchers: AudioFetcher[] = [];

afterEach(async () => {
  expect(await readdir(folder), 'nothing is left behind').toEqual([]);
});

afterAll(async () => {
  await Promise.all(fetchers.map((fetcher) => fetcher.close()));
  await rm(folder, { recursive: true });
});

function fetcher(limits: Partial<FetchLimits> = {}): AudioFetcher {
  const made = createAudioFetcher({
    policy: testPolicy(server.port, '127.0.0.1'),
    limits: { maxBytes: 1_000_000, retryDelayMs: 5, speedWindowMs: 60_000, ...limits },
    folder,
  });
  fetchers.push(made);
  return made;
}

/** Fetches, reads what lies on the disk, and disposes of it. */
async function fetched(limits: Partial<FetchLimits> = {}): Promise<Buffer> {
  const audio = await fetcher(limits).fetch({ url: `${server.url}/a.wav?sig=secret` }, never);
  const content = await readFile(audio.path);
  expect(audio.bytes).toBe(content.length);
  await audio.dispose();
  return content;
}

async function failure(
  limits: Partial<FetchLimits> = {},
  signal = never,
): Promise<Error & { code?: string }> {
  try {
    const audio = await fetcher(limits).fetch({ url: `${server.url}/a.wav?sig=secret` }, signal);
    await audio.dispose();
  } catch (error) {
    expect((error as Error).message).not.toMatch(/sig=|127\.0\.0\.1|secret|colloquy-test/);
    return error as Error;
  }
  throw new Error('expected a failure');
}

describe('audio by URL', () => {
  test('arrives byte for byte, in a folder of its own that only we may read', async () => {
    server.handle = (_, response) => response.end(bytes);
    const audio = await fetcher().fetch({ url: server.url }, never);
    expect((await readFile(audio.path)).equals(bytes)).toBe(true);
    expect((await stat(dirname(audio.path))).mode & 0o777).toBe(0o700);
    expect((await stat(audio.path)).mode & 0o777).toBe(0o600);
    await audio.dispose();
    await audio.dispose();
  });

  test('is asked for as it is, and taken as it is', async () => {
    server.handle = ({ headers }, response) => {
      expect(headers['accept-encoding']).toBe('identity');
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes);
    };
    expect((await fetched()).equals(bytes)).toBe(true);
  });

  test.each([[404], [401], [403], [410], [204]])('that answers %i fails at once', async (status) => {
    let asked = 0;
    server.handle = (_, response) => {
      asked++;
      response.writeHead(status).end(status === 204 ? undefined : 'SECRET PAGE');
    };
    const error = await failure();
    expect(error).toMatchObject({ code: 'audio_unreachable', retryable: false, details: { status } });
    expect(error.message).toContain(String(status));
    expect(asked).toBe(1);
  });

  test.each([[500], [503], [429]])('that answers %i is asked again', async (status) => {
    let asked = 0;
    server.handle = (_, response) => {
      if (++asked < 3) response.writeHead(status).end();
      else response.end(bytes);
    };
    expect((await fetched()).equals(bytes)).toBe(true);
    expect(asked).toBe(3);
  });

  test.each([[429], [503]])('that answers %i is asked again when it says, within reason', async (status) => {
    const asked: number[] = [];
    server.handle = (_, response) => {
      asked.push(performance.now());
      if (asked.length < 2) response.writeHead(status, { 'retry-after': '0.3' }).end();
      else if (asked.length < 3) response.writeHead(status, { 'retry-after': '86400' }).end();
      else response.end(bytes);
    };
    expect((await fetched({ maxRetryAfterMs: 400 })).equals(bytes)).toBe(true);
    expect(asked[1]! - asked[0]!).toBeGreaterThan(295);
    expect(asked[2]! - asked[1]!).toBeGreaterThan(395);
  });

  test('that always fails is given up', async () => {
    let asked = 0;
    server.handle = (_, response) => {
      asked++;
      response.writeHead(502).end();
    };
    expect(await failure({ maxRetries: 2 })).toMatchObject({
      code: 'audio_unreachable',
      retryable: true,
      details: { attempts: 3 },
    });
    expect(asked).toBe(3);
  });

  test.each([
    ['back to itself', '/a.wav'],
    ['nowhere', undefined],
  ])('that redirects %s will do so again', async (_, location) => {
    server.handle = (_request, response) => {
      response.writeHead(302, location === undefined ? {} : { location }).end();
    };
    expect(await failure()).toMatchObject({ code: 'audio_unreachable', retryable: false });
  });
});

describe('a connection that is cut', () => {
  /** Sends at most `piece` bytes a connection, then cuts it. */
  function cutting(piece: number, options: { ranges: boolean; etag?: string | (() => string) }): void {
    server.handle = (request, response) => {
      const etag = typeof options.etag === 'function' ? options.etag() : options.etag;
      const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
      const current = request.headers['if-range'] === etag;
      const start = options.ranges && range !== null && current ? Number(range[1]) : 0;
      response.writeHead(start > 0 ? 206 : 200, {
        'content-length': bytes.length - start,
        ...(start > 0 ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
        ...(etag === undefined ? {} : { etag }),
      });
      const end = Math.min(bytes.length, start + piece);
      response.write(bytes.subarray(start, end), () => {
        if (end === bytes.length) response.end();
        else setTimeout(() => response.destroy(), 20);
      });
    };
  }

  test('is resumed where it was cut', async () => {
    cutting(100_000, { ranges: true, etag: ETAG });
    const before = server.requests.length;
    expect((await fetched()).equals(bytes)).toBe(true);
    const ranges = server.requests.slice(before).map(({ headers }) => headers.range);
    expect(ranges).toHaveLength(3);
    expect(ranges[0]).toBeUndefined();
    expect(ranges[2]).toMatch(/^bytes=\d+-$/);
  });

  test('starts over where the server cannot resume, or has other bytes by now', async () => {
    cutting(400_000, { ranges: false, etag: ETAG });
    expect((await fetched()).equals(bytes)).toBe(true);
    let version = 0;
    cutting(100_000, { ranges: true, etag: () => `"v${version++}"` });
    expect(await failure()).toMatchObject({ code: 'audio_unreachable', details: { attempts: 4 } });
  });

  test('is never resumed without a version, or with a weak one', async () => {
    for (const etag of [undefined, 'W/"v1"']) {
      cutting(100_000, { ranges: true, ...(etag === undefined ? {} : { etag }) });
      const before = server.requests.length;
      await failure({ maxRetries: 1 });
      expect(server.requests.slice(before).map(({ headers }) => headers.range)).toEqual([
        undefined,
        undefined,
      ]);
    }
  });

  test('that resumes with another range than asked is refused', async () => {
    let asked = 0;
    server.handle = (_, response) => {
      if (asked++ === 0) {
        response.writeHead(200, { 'content-length': bytes.length, etag: ETAG });
        response.write(bytes.subarray(0, 1000), () => setTimeout(() => response.destroy(), 20));
      } else {
        response.writeHead(206, {
          'content-range': `bytes 5-${bytes.length - 1}/${bytes.length}`,
          etag: ETAG,
        });
        response.end(bytes.subarray(5));
      }
    };
    expect(await failure()).toMatchObject({ code: 'audio_unreachable' });
  });
});

describe('a server that lies or means harm', () => {
  test('claims too much: refused before the first byte', async () => {
    server.handle = (_, response) =>
      response.writeHead(200, { 'content-length': 5_000_000_000 }).flushHeaders();
    expect(await failure()).toMatchObject({ code: 'audio_too_large', details: { maxBytes: 1_000_000 } });
  });

  test('never ends: stopped at the limit', async () => {
    let sentBytes = 0;
    server.handle = (_, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const pump = (): void => {
        while (!response.destroyed && response.write(chunk)) sentBytes += chunk.length;
        sentBytes += chunk.length;
      };
      response.on('drain', pump);
      pump();
    };
    expect(await failure()).toMatchObject({ code: 'audio_too_large' });
    expect(sentBytes).toBeLessThan(30_000_000);
  });

  test('announces more than it sends: not taken for the whole', async () => {
    server.handle = (_, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 1000), () => setTimeout(() => response.socket?.end(), 20));
    };
    expect(await failure({ maxRetries: 1 })).toMatchObject({ code: 'audio_unreachable' });
  });

  test('sends 1 byte a second: given up after the window', async () => {
    server.handle = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    const error = await failure({ speedWindowMs: 150 });
    expect(error).toMatchObject({ code: 'audio_unreachable' });
    expect(error.message).toContain('less than 1024 bytes a second');
  });

  test('is fast enough, but never done: given up at the deadline', async () => {
    server.handle = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(500)), 20);
      response.on('close', () => clearInterval(timer));
    };
    const error = await failure({ totalTimeoutMs: 200, minBytesPerSecond: 1 });
    expect(error.message).toContain('longer than 0.2 s');
  });

  test('never answers: given up after the time for headers', async () => {
    server.handle = () => undefined;
    expect(await failure({ headersTimeoutMs: 100, maxRetries: 0 })).toMatchObject({
      code: 'audio_unreachable',
    });
  });
});

describe('the caller', () => {
  test('stops a transfer, and a wait between attempts', async () => {
    server.handle = (_, response) => void response.writeHead(200).write(bytes);
    const during = new AbortController();
    setTimeout(() => during.abort(), 50);
    expect(await failure({}, during.signal)).toBeInstanceOf(CanceledError);

    server.handle = (_, response) => response.writeHead(503).end();
    const between = new AbortController();
    setTimeout(() => between.abort(), 50);
    expect(await failure({ retryDelayMs: 10_000 }, between.signal)).toBeInstanceOf(CanceledError);
  });

  test('that has stopped before the start hears it', async () => {
    expect(await failure({}, AbortSignal.abort())).toBeInstanceOf(CanceledError);
  });
});
