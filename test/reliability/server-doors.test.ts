/** Tests 23 and 25 to 27 of the reliability list (issue 10) through the doors of a server that runs. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../core/audio/wav/wav-writer.ts';
import { startLoopbackServer } from '../handlers/work/fetch-audio/loopback-server.ts';
import { HOSTILE_JSON } from '../support/hostile-json.ts';
import { mutate } from '../support/mutate.ts';
import { childrenOf, residentBytes } from '../support/processes.ts';
import { startCli } from '../support/run-cli.ts';
import { sine } from '../support/signals.ts';
import { wavBytes } from '../support/wav-bytes.ts';

const canary = await startLoopbackServer((_request, response) => response.end('secret'));
const folder = mkdtempSync(join(tmpdir(), 'colloquy-test-'));

let server: ChildProcess;
let url: string;
beforeAll(async () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  server = startCli(['serve', '--port', '0', '--preload', '', '--quiet', '--data', folder], {
    environment: { COLLOQUY_WEBHOOK_SECRET: secret },
  });
  const [line] = (await once(server.stdout!.setEncoding('utf8'), 'data')) as [string];
  url = line.trim();
});
afterAll(async () => {
  server.kill('SIGTERM');
  await once(server, 'exit');
  rmSync(folder, { recursive: true });
});

type Problem = { readonly code: string; readonly message: string };

const sendJson = (path: string, body: string | Uint8Array, method = 'POST'): Promise<Response> =>
  patiently(() => fetch(url + path, { method, headers: { 'content-type': 'application/json' }, body }));

/** Ten a second may come; who is told to wait waits. */
async function patiently(send: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const reply = await send();
    if (reply.status !== 429) return reply;
    await reply.body?.cancel();
    await delay(1000 * Number(reply.headers.get('retry-after')));
  }
}

function sendFile(path: string, bytes: Uint8Array, field = 'file'): Promise<Response> {
  const body = new FormData();
  if (path.includes('/audio/')) body.set('model', 'whisper-1');
  body.set(field, new Blob([Uint8Array.from(bytes)]), 'a.wav');
  return patiently(() => fetch(url + path, { method: 'POST', body }));
}

/** No path, stack or word of the system. */
async function problemOf(reply: Response): Promise<Problem> {
  const text = await reply.text();
  expect(text).not.toMatch(/\/tmp|node_modules|\n\s+at |ECONN|ENOENT/);
  return JSON.parse(text) as Problem;
}

/** A job once it is over. */
async function ended(id: string): Promise<{ readonly state: string; readonly error?: Problem }> {
  for (let tries = 0; ; tries += 1) {
    const job = (await (await fetch(`${url}/v1/jobs/${id}?wait=5`)).json()) as {
      state: string;
      error?: Problem;
    };
    if ((job.state !== 'queued' && job.state !== 'running') || tries > 10) return job;
  }
}

/** Nothing of a call stays: no recording, upload, job, or process besides the engine. */
async function expectNothingLeft(): Promise<void> {
  const { recordings } = (await (await fetch(`${url}/v1/recordings`)).json()) as { recordings: unknown[] };
  expect(recordings).toEqual([]);
  expect(readdirSync(join(folder, 'uploads'))).toEqual([]);
  expect(childrenOf(server.pid!)).toHaveLength(1);
}

describe('23: addresses that lead inside', () => {
  const { port } = canary;
  const FORMS = [
    `https://127.0.0.1:${port}/a.wav`,
    `http://127.0.0.1:${port}/a.wav`,
    `http://2130706433:${port}/`,
    `http://0x7f.1:${port}/`,
    `http://[::ffff:7f00:1]:${port}/`,
    `http://localhost:${port}/`,
    `http://①②⑦.⓪.⓪.①:${port}/`,
    'http://169.254.169.254/latest/meta-data/',
    'https://user:pass@127.0.0.1/',
  ];

  it.each(FORMS)('%s is asked by no door', async (inside) => {
    const body = JSON.stringify({ task: 'diarize', audio: { url: inside } });
    for (const path of ['/v1/diarize', '/v1/transcribe']) {
      const reply = await sendJson(path, body);
      expect([400, 403, 422], path).toContain(reply.status);
      expect((await problemOf(reply)).message).not.toContain('secret');
    }
    const { id } = (await (await sendJson('/v1/jobs', body)).json()) as { id?: string };
    // What can be seen to be wrong is refused; the rest fails as a job.
    if (id !== undefined) {
      const job = await ended(id);
      expect([job.state, job.error?.code]).toEqual(['failed', 'audio_url_forbidden']);
      await fetch(`${url}/v1/jobs/${id}?erase=true`, { method: 'DELETE' });
    }
    expect(canary.requests).toEqual([]);
  });

  it('are told nothing as webhooks', async () => {
    const ids: string[] = [];
    for (const inside of FORMS.slice(0, 7)) {
      const body = new FormData();
      body.set('task', 'loudness');
      body.set('webhook', inside);
      body.set('file', new Blob([wavBytes({ data: new Uint8Array(32_000) })]), 'a.wav');
      const reply = await fetch(`${url}/v1/jobs`, { method: 'POST', body });
      if (reply.status === 202) ids.push(((await reply.json()) as { id: string }).id);
    }
    expect(ids.length).toBeGreaterThan(4);
    for (const id of ids) {
      expect((await ended(id)).state).toBe('completed');
      await fetch(`${url}/v1/jobs/${id}?erase=true`, { method: 'DELETE' });
    }
    expect(canary.requests).toEqual([]);
  });
});

describe('25: mutated files', () => {
  it('end in a result or in a typed error, and leave nothing', async () => {
    const tone = encodeWav(sine(440, 0.4, { sampleRate: 22_050, amplitude: 0.5 }), { sampleRate: 22_050 });
    const statuses = new Map<number, number>();
    for (let seed = 0; seed < 40; seed += 1) {
      const reply = await sendFile('/v1/loudness', mutate(tone, seed));
      statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
      if (reply.status === 200) await reply.json();
      else expect([400, 413, 415, 422], (await problemOf(reply)).code).toContain(reply.status);
    }
    expect(statuses.get(200)).toBeGreaterThan(5);
    expect(statuses.size).toBeGreaterThan(1);
    await expectNothingLeft();
  }, 60_000);
});

describe('26: bombs', () => {
  const data = new Uint8Array(32_000);
  it.each<[string, () => Uint8Array]>([
    ['1 Hz', () => wavBytes({ sampleRate: 1, data })],
    ['65,535 channels', () => wavBytes({ channels: 65_535, data })],
    ['100 MB of zeros, packed', () => gzipSync(new Uint8Array(100_000_000))],
    ['100 MB of zeros', () => new Uint8Array(100_000_000)],
  ])(
    '%s is refused by every door, in little memory',
    async (_, make) => {
      const bytes = make();
      const before = residentBytes(server.pid!);
      for (const [path, field] of [
        ['/v1/diarize', 'file'],
        ['/v1/audio/transcriptions', 'file'],
        ['/v1/recordings', 'file'],
        ['/nemo/diarize', 'audio'],
        ['/analysis/diarize', 'file'],
      ] as const) {
        const reply = await sendFile(path, bytes, field);
        expect([415, 422], path).toContain(reply.status);
        await problemOf(reply);
      }
      expect(residentBytes(server.pid!) - before).toBeLessThan(200 * 2 ** 20);
      await expectNothingLeft();
    },
    60_000,
  );
});

describe('27: hostile JSON', () => {
  it.each(HOSTILE_JSON)('%s is refused by every door that takes JSON', async (_, body) => {
    for (const [path, method] of [
      ['/v1/jobs', 'POST'],
      ['/v1/diarize', 'POST'],
      ['/v1/session', 'POST'],
    ] as const) {
      const reply = await sendJson(path, body, method);
      // Without keys a session is opened whatever the key.
      if (path !== '/v1/session') expect(reply.status, path).toBeGreaterThanOrEqual(400);
      expect(reply.status, path).toBeLessThan(500);
      if (reply.status >= 400) await problemOf(reply);
    }
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it('reaches no prototype', async () => {
    const body =
      '{"task":"diarize","__proto__":{"audio":{"url":"https://a.example/b"}},"options":{"__proto__":{"x":1}}}';
    expect((await sendJson('/v1/jobs', body)).status).toBe(400);
  });
});
