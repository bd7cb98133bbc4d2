import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CapacityError } from '../../../core/errors.ts';
import { accessLine } from '../../../handlers/server/operation/access-log.ts';
import { requireDisk } from '../../../handlers/server/operation/free-disk.ts';
import { Counter, Histogram } from '../../../handlers/server/operation/metric-family.ts';
import { endSlowBodies } from '../../../handlers/server/operation/slow-bodies.ts';
import { traceContextOf } from '../../../handlers/server/operation/trace-context.ts';
import { type LocalService, startLocalService } from '../../support/local-service.ts';
import { TWO_SPEAKERS } from '../../support/sample-voices.ts';
import { readFileSync } from 'node:fs';

const folder = mkdtempSync(join(tmpdir(), 'colloquy-test-'));
const digest = (key: string): string => createHash('sha256').update(key).digest('hex');
const ADMIN = { authorization: 'Bearer admin' };

let server: LocalService;

beforeAll(async () => {
  const keys = join(folder, 'keys');
  writeFileSync(keys, `ana ${digest('admin')}\nben ${digest('work')} jobs\n`);
  const options = ['--preload', '', '--keys', keys, '--cors-origin', 'https://ours.example'];
  server = await startLocalService(['serve', '--port', '0', ...options]);
}, 60_000);

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe('metrics', () => {
  it('count in series of bounded number and escape their labels', () => {
    const counter = new Counter('c_total', 'Help.');
    for (let i = 0; i < 5_000; i += 1) counter.add({ route: `/"${i}"` });
    const text = String(counter);
    expect(text.split('\n').length).toBeLessThan(2_010);
    expect(text).toContain('c_total{route="/\\"0\\""} 1');
    expect(text).toContain('c_total{overflow="true"} 3000');
    const histogram = new Histogram('h_seconds', 'Help.', [0.1, 1]);
    for (const seconds of [0.05, 0.5, 5]) histogram.observe({ task: 'embed' }, seconds);
    expect(String(histogram)).toBe(
      [
        '# HELP h_seconds Help.',
        '# TYPE h_seconds histogram',
        'h_seconds_bucket{task="embed",le="0.1"} 1',
        'h_seconds_bucket{task="embed",le="1"} 2',
        'h_seconds_bucket{task="embed",le="+Inf"} 3',
        'h_seconds_sum{task="embed"} 5.55',
        'h_seconds_count{task="embed"} 3\n',
      ].join('\n'),
    );
  });

  it('tell of requests and jobs, of nothing that is anybody’s, and only to keys with the scope admin', async () => {
    const form = new FormData();
    form.append('file', new Blob([readFileSync(TWO_SPEAKERS).subarray(0, 320_000)]), 'secret name.wav');
    const done = await fetch(`${server.url}/v1/loudness?x=secret`, {
      method: 'POST',
      body: form,
      headers: ADMIN,
    });
    expect(done.status).toBe(200);
    await fetch(`${server.url}/v1/voices/secretvoice`, { headers: ADMIN });
    await fetch(`${server.url}/no/such/secret`, { headers: ADMIN });
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
    expect((await fetch(`${server.url}/metrics`, { headers: { authorization: 'Bearer work' } })).status).toBe(
      403,
    );
    const text = await (await fetch(`${server.url}/metrics`, { headers: ADMIN })).text();
    expect(text).not.toContain('secret');
    expect(text).toContain('colloquy_http_requests_total{route="/v1/loudness",method="POST",status="200"} 1');
    expect(text).toContain(
      'colloquy_http_requests_total{route="/v1/voices/:name",method="GET",status="404"} 1',
    );
    expect(text).toContain('colloquy_http_requests_total{route="none",method="GET",status="404"} 1');
    expect(text).toContain('colloquy_jobs_ended_total{task="loudness",state="completed"} 1');
    expect(text).toMatch(/colloquy_audio_seconds_total\{task="loudness"\} 9\.9/);
    for (const line of text.trim().split('\n')) {
      expect(line).toMatch(/^(?:# (?:HELP|TYPE) \S+ .+|[a-z_]+(?:\{(?:[a-z]+="[^"\n]*",?)*\})? [-+0-9.e]+)$/);
    }
  });
});

describe('the access log', () => {
  it('has ids, the name of the route, sizes and times', () => {
    const facts = { method: 'GET', route: '/v1/jobs/:id', status: 200, seconds: 0.0123, bytesIn: 0 };
    const line = accessLine({ ...facts, requestId: 'req_1', keyId: 'ana' }, new Date(0));
    expect(JSON.parse(line)).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      requestId: 'req_1',
      keyId: 'ana',
      method: 'GET',
      route: '/v1/jobs/:id',
      status: 200,
      ms: 12,
      bytesIn: 0,
    });
  });

  it.each([
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', undefined],
    ['00-00000000000000000000000000000000-00f067aa0ba902b7-01', undefined],
    ['00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01', undefined],
    ['nonsense', undefined],
  ])('takes the trace of %s', (header, expected) => {
    expect(traceContextOf(header)?.traceId).toBe(expected);
  });
});

describe('a request', () => {
  it('keeps a good id of its own and gets another for a bad one', async () => {
    const idOf = async (given: string): Promise<string | null> =>
      (await fetch(`${server.url}/health/live`, { headers: { 'x-request-id': given } })).headers.get(
        'x-request-id',
      );
    expect(await idOf('mine-1')).toBe('mine-1');
    expect(await idOf('not mine')).toMatch(/^req_/);
  });

  it.each([
    ['DELETE', '/v1/formats', 405, 'HEAD, GET'],
    ['GET', '/v1/diarize', 405, 'POST'],
    ['PATCH', '/v1/jobs', 405, 'HEAD, GET, POST'],
    ['GET', '/nothing', 404, null],
    ['GET', '/v1/jobs/../../etc/passwd', 404, null],
    ['GET', '/v1/jobs/%2e%2e%2f%2e%2e%2fetc', 404, null],
    ['GET', '/v1/recordings/..%2f..%2fkeys/audio', 404, null],
    ['GET', '/assets/..%2f..%2fpackage.json', 404, null],
  ])('%s %s is answered %i with the methods that there are', async (method, path, status, allow) => {
    const reply = await raw({ method, path, headers: ADMIN });
    expect([reply.statusCode, reply.headers.allow ?? null]).toEqual([status, allow]);
  });

  it('is refused after its body was read, so that the sender hears why', async () => {
    const body = Buffer.alloc(4_000_000);
    const reply = await fetch(`${server.url}/v1/diarize`, { method: 'POST', body });
    expect(reply.status).toBe(401);
    expect(await reply.json()).toMatchObject({ error: { code: 'invalid_api_key' } });
  });

  it('that asks before it sends is told no before it has sent', async () => {
    const { port } = new URL(server.url);
    const headers = { expect: '100-continue', 'content-length': '30000000', 'content-type': 'audio/wav' };
    const sent = request({ host: '127.0.0.1', port, path: '/v1/diarize', method: 'POST', headers });
    let isAskedToSend = false;
    sent.on('continue', () => (isAskedToSend = true));
    sent.on('error', () => undefined);
    sent.flushHeaders();
    const [reply] = (await once(sent, 'response')) as [IncomingMessage];
    expect([reply.statusCode, isAskedToSend]).toEqual([401, false]);
    sent.destroy();
  });

  it('may come from a page of the list, and from no other', async () => {
    const preflight = (origin: string): Promise<Response> =>
      fetch(`${server.url}/v1/jobs`, { method: 'OPTIONS', headers: { origin } });
    const ours = await preflight('https://ours.example');
    expect([ours.status, ours.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'https://ours.example',
    ]);
    expect(ours.headers.has('access-control-allow-credentials')).toBe(false);
    expect((await preflight('https://ours.example.evil')).status).toBe(403);
  });

  it('with a body in disguise is not read', async () => {
    const headers = { ...ADMIN, 'content-encoding': 'gzip', 'content-type': 'application/json' };
    const reply = await fetch(`${server.url}/v1/jobs`, { method: 'POST', headers, body: '{}' });
    expect([reply.status, await reply.json()]).toMatchObject([415, { code: 'unsupported_request' }]);
  });

  it('that breaks off, lies about its length or never ends leaves nothing and stops nobody', async () => {
    const { port } = new URL(server.url);
    const head = `POST /v1/diarize HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer admin\r\nContent-Type: audio/wav\r\n`;
    for (const rest of [
      'Content-Length: 1000\r\n\r\nRIFF',
      'Content-Length: 4\r\nContent-Length: 9\r\n\r\nRIFF',
      'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n4\r\nRIFF\r\n0\r\n\r\n',
      'Transfer-Encoding: chunked\r\n\r\nzz\r\nRIFF',
    ]) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.end(head + rest);
      let text = '';
      socket.setEncoding('utf8').on('data', (part: string) => (text += part));
      await once(socket, 'close');
      expect(text).toMatch(/^(?:$|HTTP\/1\.1 4)/);
      expect(text).not.toMatch(/\/tmp|node_modules|\n\s+at /);
    }
    const { recordings } = (await (
      await fetch(`${server.url}/v1/recordings`, { headers: ADMIN })
    ).json()) as {
      recordings: unknown[];
    };
    expect(recordings).toEqual([]);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });

  it('in chunks of one byte is a request as any other', async () => {
    const { port } = new URL(server.url);
    const body = '{"task":"dance"}';
    const headers = { ...ADMIN, 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const sent = request({ host: '127.0.0.1', port, path: '/v1/jobs', method: 'POST', headers });
    for (const character of body) sent.write(character);
    sent.end();
    const [reply] = (await once(sent, 'response')) as [IncomingMessage];
    expect(reply.statusCode).toBe(400);
    reply.resume();
  });
});

describe('the machine', () => {
  it('has to have room for a body twice over', async () => {
    const free = (): Promise<number> => Promise.resolve(2 ** 29 + 200);
    await expect(requireDisk('/', 100, free)).resolves.toBeUndefined();
    await expect(requireDisk('/', 101, free)).rejects.toThrow(CapacityError);
  });

  it('does not wait for bodies that drip', async () => {
    const slow = createServer((incoming) => incoming.resume());
    endSlowBodies(slow, { minBytesPerSecond: 1000, windowMs: 30 });
    slow.listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const socket = connect((slow.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n');
    const drip = setInterval(() => socket.write('x'), 10);
    await once(socket, 'close');
    clearInterval(drip);
    slow.close();
  });
});

function raw(options: {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: new URL(server.url).port, ...options }, (reply) => {
      reply.resume();
      resolve(reply);
    })
      .on('error', reject)
      .end();
  });
}
