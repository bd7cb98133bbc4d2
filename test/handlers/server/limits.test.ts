/** What a server refuses because it is too much: a full queue in every dialect, bodies and forms without end. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalService, startLocalService } from '../../support/local-service.ts';
import { TWO_SPEAKERS } from '../../support/sample-voices.ts';

const SOUND = readFileSync(TWO_SPEAKERS);

let server: LocalService;
beforeAll(async () => {
  server = await startLocalService(['serve', '--port', '0', '--preload', '', '--max-queue', '1', '--quiet']);
});
afterAll(() => server.stop());

function post(path: string, fields: readonly string[], method = 'POST'): Promise<Response> {
  const body = new FormData();
  if (path.includes('/audio/')) body.set('model', 'whisper-1');
  for (const field of fields) body.append(field, new Blob([SOUND]), 'a.wav');
  return fetch(server.url + path, { method, body });
}

/** Begins a request whose body is written by hand. */
function begin(path: string, headers: Record<string, string>): ClientRequest {
  const { port } = new URL(server.url);
  const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers });
  // A refused sender may find the connection closed.
  sent.on('error', () => undefined);
  return sent;
}

async function problemOf(reply: IncomingMessage): Promise<Record<string, unknown>> {
  return JSON.parse(Buffer.concat(await reply.toArray()).toString()) as Record<string, unknown>;
}

describe('a full queue', () => {
  const ids: string[] = [];
  beforeAll(async () => {
    for (let i = 0; i < 2; i += 1) {
      const reply = await post('/v1/jobs?task=transcribe', ['file']);
      expect(reply.status).toBe(202);
      ids.push(((await reply.json()) as { id: string }).id);
    }
  });
  afterAll(async () => {
    for (const id of ids.reverse())
      await fetch(`${server.url}/v1/jobs/${id}?erase=true`, { method: 'DELETE' });
  });

  it.each([
    ['/v1/jobs?task=loudness', ['file'], 'POST', 'code'],
    ['/v1/loudness', ['file'], 'POST', 'code'],
    ['/v1/audio/transcriptions', ['file'], 'POST', 'error'],
    ['/v1/audio/diarization', ['file'], 'POST', 'error'],
    ['/inference', ['file'], 'POST', 'error'],
    ['/v1/voices/Ana', ['file'], 'PUT', 'code'],
    ['/nemo/diarize', ['audio'], 'POST', 'error'],
    ['/diarize', ['file'], 'POST', 'detail'],
    ['/compare', ['file1', 'file2'], 'POST', 'detail'],
    ['/embed', ['file'], 'POST', 'detail'],
    ['/upload', ['audio_file'], 'POST', 'error'],
  ])(
    'is said by %s in its own words once the body was read, with when to come again',
    async (path, fields, method, member) => {
      const reply = await post(path, fields, method);
      expect(reply.status).toBe(429);
      const seconds = Number(reply.headers.get('retry-after'));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(300);
      expect(reply.headers.get('x-should-retry')).toBe(path.includes('/audio/') ? 'false' : null);
      expect(await reply.json()).toHaveProperty(member);
      const kept = (await (await fetch(`${server.url}/v1/recordings`)).json()) as { recordings: unknown[] };
      expect(kept.recordings).toHaveLength(2);
    },
  );

  it('is waited in: nothing is told before something changes, or the time is over', async () => {
    const before = performance.now();
    const reply = await fetch(`${server.url}/v1/jobs/${ids[1]}?wait=1`);
    expect(await reply.json()).toMatchObject({ state: 'queued', position: 1 });
    expect(performance.now() - before).toBeGreaterThan(900);
  });

  it('is a reason not to be ready', async () => {
    const reply = await fetch(`${server.url}/health/ready`);
    expect([reply.status, await reply.json()]).toMatchObject([503, { reasons: ['queue_full'] }]);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  });
});

describe('a body', () => {
  const HUGE = { 'content-length': String(3 * 2 ** 30), 'content-type': 'multipart/form-data; boundary=b' };

  it.each([
    '/v1/jobs',
    '/v1/audio/transcriptions',
    '/v1/recordings',
    '/upload',
    '/nemo/diarize',
    '/v1/diarize',
  ])('of more than 2 GiB is refused by %s before a byte of it was sent', async (path) => {
    const sent = begin(path, { ...HUGE, expect: '100-continue' });
    let isAskedToSend = false;
    sent.on('continue', () => (isAskedToSend = true));
    sent.flushHeaders();
    const [reply] = (await once(sent, 'response')) as [IncomingMessage];
    expect([reply.statusCode, isAskedToSend]).toEqual([413, false]);
    expect(JSON.stringify(await problemOf(reply))).toContain('2147483648');
    sent.destroy();
  });

  it('of more than 2 GiB that is being sent already is refused within seconds', async () => {
    const sent = begin('/v1/diarize', HUGE);
    sent.write('--b\r\n');
    const [reply] = (await once(sent, 'response')) as [IncomingMessage];
    expect([reply.statusCode, await problemOf(reply)]).toMatchObject([413, { code: 'audio_too_large' }]);
    sent.destroy();
  });

  it('with a million fields is refused at the first that are too many, and costs nothing', async () => {
    const sent = begin('/v1/diarize', { 'content-type': 'multipart/form-data; boundary=b' });
    const replied = once(sent, 'response') as Promise<[IncomingMessage]>;
    const part = '--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n'.repeat(1_000);
    const state = { isAnswered: false };
    const answered = replied.then(() => (state.isAnswered = true));
    for (let parts = 0; parts < 1_000_000 && !state.isAnswered; parts += 1_000) {
      const isTaken = sent.write(part);
      await (isTaken ? new Promise(setImmediate) : Promise.race([once(sent, 'drain'), answered]));
    }
    expect(state.isAnswered).toBe(true);
    const [reply] = await replied;
    expect([reply.statusCode, await problemOf(reply)]).toMatchObject([
      400,
      { code: 'invalid_option', detail: 'The field fields are more than 100.' },
    ]);
    sent.destroy();
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  });

  it.each([
    ['files', Array.from({ length: 9 }, () => 'file'), 'more than 8'],
    ['a field', [], 'too long'],
  ])('with too much of %s says so', async (_what, files, message) => {
    const body = new FormData();
    for (const file of files) body.append(file, new Blob([SOUND.subarray(0, 100)]), 'a.wav');
    if (files.length === 0) body.set('prompt', 'x'.repeat(17 * 2 ** 20));
    const reply = await fetch(`${server.url}/v1/diarize`, { method: 'POST', body });
    expect([reply.status, ((await reply.json()) as { detail: string }).detail]).toEqual([
      400,
      expect.stringContaining(message),
    ]);
  });

  it('of a form that is refused leaves no recording behind, nor does one that is sent twice', async () => {
    const count = async (): Promise<number> =>
      ((await (await fetch(`${server.url}/v1/recordings`)).json()) as { recordings: unknown[] }).recordings
        .length;
    const send = (query: string, headers: Record<string, string> = {}): Promise<Response> => {
      const body = new FormData();
      body.set('file', new Blob([SOUND.subarray(0, 64_000)]), 'a.wav');
      return fetch(`${server.url}/v1/jobs?${query}`, { method: 'POST', body, headers });
    };
    expect((await send('task=dance')).status).toBe(400);
    expect((await send('task=diarize&numSpeakers=-1')).status).toBe(400);
    expect((await send('task=verify&voice=Nobody')).status).toBe(404);
    expect(await count()).toBe(0);
    const key = { 'idempotency-key': 'twice' };
    const { id } = (await (await send('task=loudness', key)).json()) as { id: string };
    expect((await send('task=loudness', key)).status).toBe(200);
    expect((await send('task=embed', key)).status).toBe(409);
    expect(await count()).toBe(1);
    // A recording that was there before is not the call's to erase.
    const { recordings } = (await (await fetch(`${server.url}/v1/jobs/${id}?wait=30`)).json()) as {
      recordings: string[];
    };
    const again = await fetch(`${server.url}/v1/loudness`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ audio: { recording: recordings[0] } }),
    });
    expect(again.status).toBe(200);
    expect(await count()).toBe(1);
  });
});
