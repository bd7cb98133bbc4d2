/** The routes of the older systems against a server that runs: their curl lines, their errors, and their faults, mended. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCli } from '../../../support/run-cli.ts';
import { MISSING, sharedPath } from '../../../support/shared.ts';
import { golden, type GoldenRoute } from './golden-replies.ts';

const samples = join(import.meta.dirname, '../../../../samples');
/** Ten seconds of two voices, mono at 16 kHz. */
const SOUND = cut(readFileSync(join(samples, 'two-speakers.wav')), 10);
/** Another voice, as a WAV too. */
const OTHER = cut(readFileSync(join(samples, 'library.wav')), 6);

let server: ChildProcess;
let url: string;
let data: string;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'colloquy-legacy-'));
  server = startCli(['serve', '--port', '0', '--data', data, '--quiet']);
  const [line] = (await once(server.stdout!.setEncoding('utf8'), 'data')) as [string];
  url = line.trim();
});
afterAll(async () => {
  server.kill('SIGTERM');
  await once(server, 'exit');
  rmSync(data, { recursive: true, force: true });
});

function cut(wav: Buffer, seconds: number): Buffer {
  const bytes = seconds * 32_000;
  const head = Buffer.from(wav.subarray(0, 44));
  head.writeUInt32LE(36 + bytes, 4);
  head.writeUInt32LE(bytes, 40);
  return Buffer.concat([head, wav.subarray(44, 44 + bytes)]);
}

/** The same sound in two channels, of which the second is silent. */
function stereo(wav: Buffer): Buffer {
  const mono = wav.subarray(44);
  const both = Buffer.alloc(2 * mono.length);
  for (let i = 0; i < mono.length; i += 2) mono.copy(both, 2 * i, i, i + 2);
  const head = Buffer.from(wav.subarray(0, 44));
  head.writeUInt16LE(2, 22);
  head.writeUInt32LE(64_000, 28);
  head.writeUInt16LE(4, 32);
  head.writeUInt32LE(36 + both.length, 4);
  head.writeUInt32LE(both.length, 40);
  return Buffer.concat([head, both]);
}

type Parts = readonly (readonly [field: string, value: string | Uint8Array, name?: string])[];

function post(path: string, parts: Parts, headers: Record<string, string> = {}): Promise<Response> {
  const body = new FormData();
  for (const [field, value, name = 'meeting one.wav'] of parts) {
    if (typeof value === 'string') body.append(field, value);
    else body.append(field, new Blob([Uint8Array.from(value)]), name);
  }
  return fetch(url + path, { method: 'POST', body, headers, redirect: 'manual' });
}

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url + path, { headers, redirect: 'manual' });

/** Values masked, lists cut to one: what is left is keys, their order, kinds of numbers, and spaces. */
function masked(body: string): string {
  const bare = body
    .replace(/"(?:[^"\\]|\\.)*"(\s*:)?/g, (text, colon?: string) => (colon === undefined ? '"…"' : text))
    .replace(/-?\d+\.\d+(?:e[+-]\d+)?/g, '0.0')
    .replace(/([[:,\s])-?\d+(?=[,}\]])/g, '$10');
  return bare.replace(/(\{[^{}]*\}|"…"|0\.0)(?:,\s?\1)+/g, '$1');
}

const ERROR_KEYS = ['detail', 'error_type', 'timestamp'];

describe.skipIf(golden === undefined)(`replies as they were recorded (${MISSING} otherwise)`, () => {
  it.each([
    ['000 GET /status', () => get('/status'), ''],
    ['000 POST /diarize (documented)', () => post('/diarize', [['audio', SOUND]]), ''],
    [
      '000 POST /diarize (as the code answers)',
      () => post('/diarize?conversation=text', [['audio_file', SOUND]]),
      '',
    ],
    [
      '001 GET /health',
      () => get('/health'),
      ',"models":{"diarization":"…","verification":"…"},"model_versions":{"pyannote-segmentation0.0":"…","campplus-zh-en":"…","moonshine-tiny":"…"},"device":"…","version":"…","queue":{"queued":0,"running":0}',
    ],
    [
      '001 POST /diarize',
      () =>
        post('/diarize', [
          ['file', SOUND],
          ['num_speakers', '2'],
        ]),
      ',"model_device":"…"',
    ],
    [
      '001 POST /embedding',
      () => post('/embedding', [['file', SOUND]]),
      ',"model":"…","dimension":0,"space":{"model":"…","fingerprint":"…","dimension":0},"quality_warnings":[],"processing_time":0.0,"audio_duration":0.0,"model_device":"…"',
    ],
    [
      '001 POST /compare threshold 0.35',
      () =>
        post('/compare', [
          ['file1', SOUND],
          ['file2', OTHER],
          ['threshold', '0.35'],
        ]),
      ',"probability":0.0,"llr":0.0,"model":"…","quality_warnings":["…"],"processing_time":0.0,"audio_duration":0.0,"model_device":"…"',
    ],
    ['001 error (documented)', () => post('/analysis/diarize', [['min_duration', '1']]), ''],
    [
      '004 POST /embed',
      () =>
        post('/embed', [
          ['file', OTHER],
          ['name', 'Alice'],
        ]),
      ',"dbfs":0.0,"speechSeconds":0.0,"space":{"model":"…","fingerprint":"…","dimension":0}',
    ],
  ] as const satisfies readonly (readonly [GoldenRoute, () => Promise<Response>, string])[])(
    '%s, and only more behind it',
    async (name, ask, more) => {
      const { status, body } = golden![name]!;
      const reply = await ask();
      const text = await reply.text();
      expect(reply.status).toBe(status);
      expect(reply.headers.get('content-type')).toBe('application/json');
      expect(
        masked(text)
          .replace(/:(true|false)/g, ':true')
          .replace(more, ''),
      ).toBe(masked(body).replace(/:(true|false)/g, ':true'));
    },
  );

  it.each([
    ['000 POST /diarize without file', () => post('/nemo/diarize', [['num_speakers', '2']])],
    ['002 POST /upload without file', () => post('/upload', [['x', 'y']])],
    ['002 GET /download/BAD', () => get('/download/..%2F..%2Fetc%2Fpasswd')],
    ['002 GET /download/GONE', () => get(`/download/${'0'.repeat(32)}_transcript.txt`)],
    ['004 GET /ping', () => get('/ping')],
  ] as const satisfies readonly (readonly [GoldenRoute, () => Promise<Response>])[])(
    '%s, word for word',
    async (name, ask) => {
      const { status, body } = golden![name]!;
      const reply = await ask();
      expect([reply.status, await reply.text()]).toEqual([status, body]);
    },
  );
});

describe('NeMo and Flask', () => {
  it('takes names with spaces, two channels, and the fields of README, code and others', async () => {
    for (const field of ['audio', 'audio_file', 'file']) {
      const reply = await post('/nemo/diarize', [
        [field, field === 'audio' ? stereo(SOUND) : SOUND, '../meeting one ü\u202egnp.wav'],
        ['num_speakers', '2'],
      ]);
      expect(reply.status).toBe(200);
      const { conversation } = (await reply.json()) as { conversation: { speaker: string }[] };
      expect(conversation.length).toBeGreaterThan(0);
      expect(conversation[0]).toMatchObject({
        speaker: 'SPEAKER_00',
        start_time: expect.any(Number) as number,
      });
    }
  });

  it.each([
    ['an empty file', [['audio', Buffer.alloc(0)]], 400],
    ['one byte', [['audio', Buffer.from('a')]], 415],
    ['no sound', [['audio', Buffer.from('{"not": "sound"}'.repeat(99))]], 415],
    [
      'two files',
      [
        ['audio', SOUND],
        ['audio', SOUND],
      ],
      400,
    ],
    [
      'an unknown preset',
      [
        ['audio', SOUND],
        ['preset', 'party'],
      ],
      400,
    ],
    [
      'speakers that are no number',
      [
        ['audio', SOUND],
        ['num_speakers', 'many'],
      ],
      400,
    ],
    [
      'a form that is not known',
      [
        ['audio', SOUND],
        ['conversation', 'opera'],
      ],
      400,
    ],
  ] as const)('says what is wrong with %s, and never with 200', async (_what, parts, status) => {
    const reply = await post('/nemo/diarize', parts);
    const body = await reply.text();
    expect([reply.status, body]).toEqual([status, expect.stringMatching(/^\{"error":"[^"].*"\}\n$/)]);
    expect(body).not.toMatch(/ffmpeg|\/tmp|\/work|node:|at /);
  });
});

describe('audio analysis', () => {
  const compared = async (parts: Parts, query = ''): Promise<Record<string, unknown>> =>
    (await (await post(`/compare${query}`, parts)).json()) as Record<string, unknown>;

  it('decides by the threshold that it echoes, strictly, from the form before the query', async () => {
    const pair: Parts = [
      ['file1', SOUND],
      ['file2', OTHER],
    ];
    const low = await compared([...pair, ['threshold', '-1']]);
    expect(low).toMatchObject({ threshold: -1, same_speaker: true });
    const high = await compared(pair, '?threshold=1');
    expect(high).toMatchObject({ threshold: 1, same_speaker: false });
    expect(await compared([...pair, ['threshold', '-0.5']], '?threshold=1')).toMatchObject({
      threshold: -0.5,
    });
    const at = await compared([...pair, ['threshold', String(low.similarity_score)]]);
    expect(at).toMatchObject({ same_speaker: false });
    const own = await compared([
      ['file1', SOUND],
      ['file2', SOUND],
    ]);
    expect(own).toMatchObject({ same_speaker: true, threshold: expect.any(Number) as number });
    expect(own.threshold).toBeGreaterThan(0.2);
  });

  it('drops turns below min_duration, has num_speakers win over bounds, and mixes channels', async () => {
    type Reply = { diarization_results: { start: number; end: number; speaker: string }[] };
    const turns = async (parts: Parts, query = ''): Promise<Reply['diarization_results']> => {
      const reply = await post(`/diarize${query}`, parts);
      expect(reply.status).toBe(200);
      return ((await reply.json()) as Reply).diarization_results;
    };
    const all = await turns([['file', SOUND]]);
    const shortest = Math.min(...all.map(({ start, end }) => end - start));
    const long = await turns([['file', SOUND]], `?min_duration=${shortest + 0.01}`);
    expect(long.length).toBeLessThan(all.length);
    const one = await turns([
      ['file', stereo(SOUND)],
      ['num_speakers', '1'],
      ['min_speakers', '2'],
    ]);
    expect(new Set(one.map(({ speaker }) => speaker)).size).toBe(1);
  });

  it('gives a vector that it knows again, whatever it is written as', async () => {
    const reply = await post('/embedding', [
      ['file', SOUND],
      ['normalize', 'true'],
    ]);
    const text = await reply.text();
    const { embedding } = JSON.parse(text) as { embedding: number[] };
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    const raw = (await (await post('/embedding?normalize=false', [['file', SOUND]])).json()) as {
      embedding: number[];
      normalized: boolean;
    };
    expect(raw.normalized).toBe(false);
    expect(Math.hypot(...raw.embedding)).not.toBeCloseTo(1, 1);
    for (const vector of [text, JSON.stringify(embedding), Buffer.from(JSON.stringify(raw.embedding))]) {
      const match = await post('/compare_embedding', [
        ['audio', SOUND],
        ['embedding', vector, 'a.json'],
      ]);
      expect(await match.json()).toMatchObject({
        same_speaker: true,
        similarity_score: expect.closeTo(1, 4) as number,
      });
    }
    const part = await post('/compare_embedding', [
      ['audio', SOUND],
      ['embedding', text],
      ['segment_start_time', '0'],
      ['segment_end_time', '4'],
    ]);
    expect(await part.json()).toMatchObject({ audio_duration: expect.closeTo(4, 1) as number });
  });

  const vector = JSON.stringify(Array.from({ length: 192 }, (_, i) => Math.sin(i)));
  const timed = (start?: string, end?: string): Parts => [
    ['audio', SOUND],
    ['embedding', vector],
    ...(start === undefined ? [] : ([['segment_start_time', start]] as const)),
    ...(end === undefined ? [] : ([['segment_end_time', end]] as const)),
  ];
  it.each([
    ['/embedding', 'no file', []],
    ['/embedding', 'an empty file', [['file', Buffer.alloc(0)]]],
    [
      '/embedding',
      'two files',
      [
        ['file', SOUND],
        ['file', SOUND],
      ],
    ],
    [
      '/embedding',
      'a flag that is none',
      [
        ['file', SOUND],
        ['normalize', 'maybe'],
      ],
    ],
    ['/compare', 'one file', [['file1', SOUND]]],
    [
      '/compare',
      'a threshold that is none',
      [
        ['file1', SOUND],
        ['file2', SOUND],
        ['threshold', 'NaN'],
      ],
    ],
    ['/compare_embedding', 'no vector', [['audio', SOUND]]],
    [
      '/compare_embedding',
      'a vector of another length',
      [
        ['audio', SOUND],
        ['embedding', '[1,2,3]'],
      ],
    ],
    [
      '/compare_embedding',
      'a vector of nothing',
      [
        ['audio', SOUND],
        ['embedding', vector.replace(/-?\d[\d.e-]*/g, '0')],
      ],
    ],
    [
      '/compare_embedding',
      'one byte',
      [
        ['audio', SOUND],
        ['embedding', Buffer.from('x'), 'a.pkl'],
      ],
    ],
    [
      '/compare_embedding',
      'a large file',
      [
        ['audio', SOUND],
        ['embedding', Buffer.alloc(300_000, '1'), 'a.pkl'],
      ],
    ],
    ['/compare_embedding', 'a start alone', timed('1')],
    ['/compare_embedding', 'an end alone', timed(undefined, '1')],
    ['/compare_embedding', 'a start below 0', timed('-1', '2')],
    ['/compare_embedding', 'an end before the start', timed('3', '2')],
    ['/compare_embedding', 'an end after the end', timed('1', '999')],
    [
      '/analysis/diarize',
      'bounds that exclude each other',
      [
        ['file', SOUND],
        ['min_speakers', '3'],
        ['max_speakers', '2'],
      ],
    ],
  ] as const)('%s refuses %s as its documentation says', async (path, _what, parts) => {
    const reply = await post(path, parts as Parts);
    const body = (await reply.json()) as Record<string, unknown>;
    expect([reply.status, Object.keys(body), body.error_type]).toEqual([422, ERROR_KEYS, 'ValidationError']);
    expect(body.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('calls the lack of a model by its name', async () => {
    const reply = await post('/embedding', [
      ['file', SOUND],
      ['model', 'nobody'],
    ]);
    expect(await reply.json()).toMatchObject({ error_type: 'ModelError' });
  });

  const pickles = sharedPath('data/server-golden/pickles');
  it.skipIf(pickles === undefined)(
    `reads numbers out of pickles and runs nothing (${MISSING} otherwise)`,
    async () => {
      const names = readdirSync(pickles!);
      expect(names.length).toBeGreaterThan(15);
      for (const name of names) {
        const bytes = readFileSync(join(pickles!, name));
        const reply = await post('/compare_embedding', [
          ['audio', SOUND],
          ['embedding', bytes, name],
        ]);
        const body = (await reply.json()) as { detail: string };
        // Their vectors have other lengths than ours: read, and then refused for that.
        expect(reply.status, name).toBe(422);
        const isRead = body.detail.includes('expected 192 numbers');
        expect(isRead, `${name}: ${body.detail}`).toBe(!name.startsWith('refuse-'));
      }
    },
  );
});

describe('/diarize, which two systems have', () => {
  it.each([
    ['no file', '/diarize', [['num_speakers', '2']]],
    [
      'a file of each',
      '/diarize',
      [
        ['audio', SOUND],
        ['file', SOUND],
      ],
    ],
    ['a system that there is not', '/diarize?system=htk', [['file', SOUND]]],
  ] as const)('answers %s in the words of both', async (_what, path, parts) => {
    const reply = await post(path, parts);
    const body = (await reply.json()) as Record<string, unknown>;
    expect([reply.status, Object.keys(body)]).toEqual([400, ['error', ...ERROR_KEYS]]);
  });

  it('asks the system that is named', async () => {
    const reply = await post('/diarize?system=nemo', [['file', SOUND]]);
    expect(await reply.json()).toHaveProperty('conversation');
  });
});

describe('diglett', () => {
  it('enrols a voice, with the level that it always gave, and keeps nothing', async () => {
    const reply = await post('/embed', [
      ['file', SOUND],
      ['name', 'Alice'],
    ]);
    expect(reply.status).toBe(200);
    const body = (await reply.json()) as { speaker_embedding: number[]; avg_db: number };
    expect(Object.keys(body).slice(0, 3)).toEqual(['speaker_name', 'speaker_embedding', 'avg_db']);
    expect(body).toMatchObject({
      speaker_name: 'Alice',
      space: { dimension: body.speaker_embedding.length },
    });
    const samples = new Int16Array(Uint8Array.from(SOUND.subarray(44)).buffer);
    const mean = samples.reduce((sum, sample) => sum + Math.abs(sample), 0) / samples.length;
    expect(body.avg_db / mean).toBeCloseTo(1, 2);
    const missing = await post('/diglett/embed', [['name', 'Alice']]);
    expect([missing.status, Object.keys((await missing.json()) as object)]).toEqual([422, ERROR_KEYS]);
  });
});

describe('Exact_Transcription', () => {
  it('works on a task, streams what changes, and hands out its lines until the job is erased', async () => {
    const { task_id: id } = (await (
      await post('/upload', [['audio_file', SOUND, 'a/b\\mee\u202eting.wav']])
    ).json()) as {
      task_id: string;
    };
    const events = (await (await get(`/stream-progress/${id}`)).text()).split('\n\n').filter(Boolean);
    const states = events.map(
      (event) => /^data: \{"state": "([A-Z]+)", "info": \{"status": "/.exec(event)?.[1],
    );
    expect(new Set(events).size).toBe(events.length);
    expect(states.at(-1)).toBe('SUCCESS');
    expect(states.slice(0, -1).every((state) => state === 'PENDING' || state === 'PROGRESS')).toBe(true);
    const status = (await (await get(`/status/${id}`)).json()) as {
      state: string;
      info: { result_filename: string; original_base_filename: string; percent: number };
    };
    expect(status).toMatchObject({
      state: 'SUCCESS',
      info: { percent: 100, original_base_filename: 'meeting' },
    });
    const name = status.info.result_filename;
    const file = await get(`/exact/download/${name}`);
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename=${name}`);
    expect(await file.text()).toMatch(/^\[\d{5}\.\d\d-\d{5}\.\d\d\] SPEAKER_00: .*[^\n]$/s);
    await fetch(`${url}/v1/jobs/${id}?erase=true`, { method: 'DELETE' });
    expect((await get(`/download/${name}`)).status).toBe(404);
    expect((await get(`/status/${id}`)).status).toBe(404);
    expect((await get(`/stream-progress/${id}`)).status).toBe(404);
  });

  it('leaves a failure a failure', async () => {
    const broken = Buffer.concat([Buffer.from('RIFF\x10\0\0\0WAVEfmt '), Buffer.alloc(40, 7)]);
    const { task_id: id } = (await (await post('/upload', [['audio_file', broken]])).json()) as {
      task_id: string;
    };
    const events = await (await get(`/stream-progress/${id}`)).text();
    expect(events).toMatch(/"state": "FAILURE", "info": \{"status": "Task failed: [^"]+", "percent": -1/);
    expect(await (await get(`/status/${id}`)).json()).toMatchObject({ state: 'FAILURE' });
  });

  it('waits in its first version, and gives the transcript to the browser that sent the recording alone', async () => {
    const sent = await post('/', [['audio_file', SOUND]]);
    expect([sent.status, sent.headers.get('location')]).toEqual([302, '/download']);
    const cookie = sent.headers.get('set-cookie')!;
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict; Path=\/; Max-Age=3600$/);
    const [pair] = cookie.split(';');
    const file = await get('/download', { cookie: pair! });
    expect(file.headers.get('content-disposition')).toBe('attachment; filename=transcript.txt');
    expect(await file.text()).toMatch(/^\[00000\.\d\d-/);
    expect((await get('/download')).status).toBe(404);
    expect(
      (await get('/download', { cookie: 'colloquy_transcript=job_AAAAAAAAAAAAAAAAAAAAAA' })).status,
    ).toBe(404);
  });

  it.each([
    ['nothing', [['x', 'y']], 'No file part selected.'],
    ['an empty file', [['audio_file', Buffer.alloc(0)]], 'Invalid file type. Allowed: '],
    ['one byte', [['audio_file', Buffer.from('a')]], 'Invalid file type. Allowed: '],
    [
      'a text that is called sound',
      [['audio_file', Buffer.from('#!/bin/sh\n'), 'a.wav']],
      'Invalid file type',
    ],
    [
      'two files',
      [
        ['audio_file', SOUND],
        ['audio_file', SOUND],
      ],
      'Expected one file',
    ],
  ] as const)('refuses %s, and tells the page of it', async (_what, parts, message) => {
    const reply = await post('/upload', parts);
    expect([reply.status, ((await reply.json()) as { error: string }).error]).toEqual([
      400,
      expect.stringContaining(message),
    ]);
    const sent = await post('/exact', parts);
    expect([sent.status, sent.headers.get('location')]).toEqual([302, '/exact']);
    const [pair] = sent.headers.get('set-cookie')!.split(';');
    const page = await get('/exact', { cookie: pair! });
    expect(await page.text()).toContain(`<p role="alert">${message}`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('says that nothing was chosen, as browsers send it', async () => {
    const boundary = 'b';
    const body = `--b\r\nContent-Disposition: form-data; name="audio_file"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--b--\r\n`;
    const reply = await fetch(`${url}/upload`, {
      method: 'POST',
      body,
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    });
    expect(await reply.text()).toBe('{"error":"No file selected."}\n');
  });
});

describe('whatever the system', () => {
  it('ends the work when the client goes away, and keeps nothing of it', async () => {
    const before = readdirSync(join(data, 'recordings')).length;
    const long = readFileSync(join(samples, 'two-speakers.wav'));
    const form = new FormData();
    form.append('audio', new Blob([long]), 'a.wav');
    const stop = new AbortController();
    const sent = fetch(`${url}/nemo/diarize`, { method: 'POST', body: form, signal: stop.signal });
    sent.catch(() => undefined);
    const queue = async (): Promise<{ running: number; queued: number }> =>
      ((await (await get('/health')).json()) as { queue: { running: number; queued: number } }).queue;
    while ((await queue()).running === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    while ((await queue()).running > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const left = (): number => readdirSync(join(data, 'recordings')).length;
    for (let i = 0; i < 100 && left() > before; i += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect([left(), readdirSync(join(data, 'uploads'))]).toEqual([before, []]);
  }, 60_000);

  it('removes an upload that breaks off', async () => {
    const { hostname, port } = new URL(url);
    const sent = request({
      hostname,
      port,
      method: 'POST',
      path: '/diarize',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    });
    sent.on('error', () => undefined);
    sent.write('--b\r\nContent-Disposition: form-data; name="audio"; filename="a.wav"\r\n\r\n');
    sent.write(Buffer.alloc(200_000));
    const uploads = (): number => readdirSync(join(data, 'uploads')).length;
    for (let i = 0; i < 100 && uploads() === 0; i += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(uploads()).toBe(1);
    sent.destroy();
    for (let i = 0; i < 200 && uploads() > 0; i += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(uploads()).toBe(0);
  });

  it('keeps nothing of what it refused', async () => {
    const before = readdirSync(join(data, 'recordings')).length;
    await post('/nemo/diarize', [
      ['audio', SOUND],
      ['preset', 'party'],
    ]);
    await post('/upload', [
      ['audio_file', SOUND],
      ['num_speakers', '0'],
    ]);
    await post('/analysis/diarize', [
      ['file', SOUND],
      ['min_duration', '-1'],
    ]);
    expect(readdirSync(join(data, 'recordings')).length).toBe(before);
    expect(readdirSync(join(data, 'uploads'))).toEqual([]);
  });
});
