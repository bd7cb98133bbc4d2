import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCli, runCli } from '../../support/run-cli.ts';
import { voiceFile } from '../../support/sample-voices.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SAMPLE = readFileSync(join(import.meta.dirname, '../../../samples/two-speakers.wav'));

const LIBRARY = readFileSync(join(import.meta.dirname, '../../../samples/library.wav'));

let server: ChildProcess;
let url: string;
let log = '';

beforeAll(async () => {
  server = startCli(['serve', '--port', '0']);
  server.stderr!.setEncoding('utf8').on('data', (text: string) => (log += text));
  const [line] = (await once(server.stdout!.setEncoding('utf8'), 'data')) as [string];
  url = line.trim();
});

afterAll(async () => {
  server.kill('SIGTERM');
  await once(server, 'exit');
});

function form(fields: Record<string, string | Blob>, name = 'meeting one ü.wav'): FormData {
  const data = new FormData();
  for (const [field, value] of Object.entries(fields)) {
    if (typeof value === 'string') data.append(field, value);
    else data.append(field, value, name);
  }
  return data;
}

const sound = (): Blob => new Blob([SAMPLE]);
const post = (
  path: string,
  body: FormData | string,
  headers: Record<string, string> = {},
): Promise<Response> => fetch(url + path, { method: 'POST', body, headers });

describe('colloquy serve', () => {
  it('diarizes an upload, whatever the order of fields, and keeps nothing of it', async () => {
    const reply = await post('/v1/diarize?format=rttm', form({ file: sound(), num_speakers: '2' }));
    expect(reply.status).toBe(200);
    const rttm = await reply.text();
    expect(
      new Set(
        rttm
          .trim()
          .split('\n')
          .map((line) => line.split(' ')[7]),
      ),
    ).toEqual(new Set(['SPEAKER_00', 'SPEAKER_01']));
    expect(await (await fetch(`${url}/v1/recordings`)).json()).toMatchObject({ recordings: [] });
  });

  it('works on a job, tells its events, resumes them, and gives every format', async () => {
    const submitted = await post('/v1/jobs', form({ task: 'diarize', file: sound() }), {
      'idempotency-key': 'once',
    });
    expect(submitted.status).toBe(202);
    const { id } = (await submitted.json()) as { id: string };
    const again = await post('/v1/jobs', form({ task: 'diarize', file: sound() }), {
      'idempotency-key': 'once',
    });
    expect([again.status, await again.json()]).toMatchObject([200, { id }]);
    const events = await (await fetch(`${url}/v1/jobs/${id}/events`)).text();
    expect(events).toMatch(/^retry: 2000\n\n/);
    expect(events).toContain('event: state');
    expect(events).toContain('event: result');
    const last = /id: (\d+)\nevent: result/.exec(events)![1]!;
    const rest = await fetch(`${url}/v1/jobs/${id}/events`, { headers: { 'last-event-id': last } });
    expect(rest.status).toBe(204);
    for (const seen of ['1', String(Number(last) - 1)]) {
      const missed = await fetch(`${url}/v1/jobs/${id}/events`, { headers: { 'last-event-id': seen } });
      expect(await missed.text()).toContain('event: result');
    }
    const job = (await (await fetch(`${url}/v1/jobs/${id}`)).json()) as {
      recordings: string[];
      output: unknown;
    };
    expect(job).toMatchObject({ state: 'completed', output: { task: 'diarize' } });
    const rttm = await fetch(`${url}/v1/jobs/${id}/result/0/rttm`);
    expect(rttm.headers.get('content-disposition')).toContain('attachment');
    expect(await rttm.text()).toMatch(/^SPEAKER /);
    const listed = (await (await fetch(`${url}/v1/jobs?limit=1`)).json()) as { jobs: { id: string }[] };
    expect(listed.jobs.map((each) => each.id)).toEqual([id]);

    const audio = `${url}/v1/recordings/${job.recordings[0]}/audio`;
    const part = await fetch(audio, { headers: { range: 'bytes=4-7' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 4-7/${SAMPLE.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(SAMPLE.subarray(4, 8));
    expect((await fetch(audio, { headers: { range: `bytes=${SAMPLE.length}-` } })).status).toBe(416);

    expect((await fetch(`${url}/v1/jobs/${id}?erase=true`, { method: 'DELETE' })).status).toBe(204);
    expect((await fetch(`${url}/v1/jobs/${id}`)).status).toBe(404);
    expect((await fetch(audio)).status).toBe(404);
  });

  it('keeps the edits of a reader beside the result, for one writer at a time, and writes files with them', async () => {
    const clip = new Blob([LIBRARY.subarray(0, 200_000)]);
    const { id } = (await (
      await post('/v1/jobs', form({ task: 'transcribe', file: clip, model: 'moonshine-tiny' }))
    ).json()) as { id: string };
    const early = await fetch(`${url}/v1/jobs/${id}/edits`, { method: 'PUT', body: '{"edits":[]}' });
    expect([409, 412]).toContain(early.status);
    await (await fetch(`${url}/v1/jobs/${id}/events`)).text();
    const none = await fetch(`${url}/v1/jobs/${id}/edits`);
    const etag = none.headers.get('etag')!;
    expect(await none.json()).toMatchObject({ edits: [] });
    const put = (match: string | undefined, edits: unknown): Promise<Response> =>
      fetch(`${url}/v1/jobs/${id}/edits`, {
        method: 'PUT',
        headers: {
          ...(match === undefined ? {} : { 'if-match': match }),
          'content-type': 'application/json',
        },
        body: JSON.stringify({ edits }),
      });
    const edits = [
      { op: 'rename', speaker: 'SPEAKER_00', name: 'Ana' },
      { op: 'split', utterance: 999, word: 1 },
    ];
    expect((await put(undefined, edits)).status).toBe(412);
    const written = await put(etag, edits);
    expect(written.status).toBe(200);
    expect(await written.json()).toMatchObject({ edits, skipped: [{ index: 1 }] });
    expect((await put(etag, [])).status).toBe(412);
    expect((await put('*', [{ op: 'dance' }])).status).toBe(400);
    expect((await put(written.headers.get('etag')!, edits)).status).toBe(200);
    const srt = `${url}/v1/jobs/${id}/result/0/srt`;
    const named = await fetch(srt);
    expect(named.headers.get('content-disposition')).toContain('meeting%20one%20%C3%BC.srt');
    expect(await named.text()).toContain('Ana');
    expect(await (await fetch(`${srt}?edited=false`)).text()).not.toContain('Ana');
    expect(await (await fetch(`${srt}?speaker_names=false`)).text()).not.toContain('Ana');
    expect((await fetch(`${srt}?max_line_width=none`)).status).toBe(400);
    const result = (await (await fetch(`${url}/v1/jobs/${id}/result?edited=true`)).json()) as object;
    expect(JSON.stringify(result)).toContain('"name":"Ana"');
    expect((await fetch(`${url}/v1/jobs/${id}?erase=true`, { method: 'DELETE' })).status).toBe(204);
    expect((await fetch(`${url}/v1/jobs/${id}/edits`)).status).toBe(404);
  });

  it('draws a recording: the least and largest sample of each stretch', async () => {
    const { id } = (await (
      await fetch(`${url}/v1/recordings?name=two.wav`, { method: 'POST', body: sound() })
    ).json()) as { id: string; durationSeconds: number };
    const peaks = new Int8Array(
      await (await fetch(`${url}/v1/recordings/${id}/peaks?perSecond=10`)).arrayBuffer(),
    );
    // 16-bit samples at 16 kHz behind a header of 44 bytes.
    const samples = new Int16Array(
      SAMPLE.buffer.slice(SAMPLE.byteOffset + 44, SAMPLE.byteOffset + SAMPLE.length),
    );
    expect(peaks.length).toBe(2 * Math.ceil(samples.length / 1600));
    const second = samples.subarray(1600, 3200);
    const expected = [Math.min(0, ...second), Math.max(0, ...second)].map((value) => (127 * value) / 32_768);
    for (const i of [0, 1]) expect(Math.abs(peaks[2 + i]! - expected[i]!)).toBeLessThanOrEqual(1);
    expect((await fetch(`${url}/v1/recordings/${id}/peaks?perSecond=7`)).status).toBe(400);
    expect((await fetch(`${url}/v1/recordings/${id}`, { method: 'DELETE' })).status).toBe(204);
  });

  it('transcribes for OpenAI’s clients in each of their formats', async () => {
    const clip = new Blob([LIBRARY.subarray(0, 200_000)]);
    const ask = (fields: Record<string, string>): Promise<Response> =>
      post('/v1/audio/transcriptions', form({ file: clip, model: 'whisper-1', ...fields }));
    const json = (await (await ask({})).json()) as { text: string; usage: unknown };
    expect(json.text).toContain('budget');
    expect(json.usage).toMatchObject({ type: 'duration' });
    const verbose = (await (
      await ask({ response_format: 'verbose_json', 'timestamp_granularities[]': 'word' })
    ).json()) as { segments: object[]; words: unknown[] };
    for (const member of [
      'id',
      'seek',
      'start',
      'end',
      'text',
      'tokens',
      'temperature',
      'avg_logprob',
      'compression_ratio',
      'no_speech_prob',
    ]) {
      expect(verbose.segments[0]).toHaveProperty(member);
    }
    expect(verbose.words.length).toBeGreaterThan(3);
    expect(verbose.segments.length).toBeGreaterThan(1);
    expect(await (await ask({ response_format: 'diarized_json' })).json()).toMatchObject({
      segments: [
        { type: 'transcript.text.segment', id: 'seg_001', speaker: 'A' },
        { id: 'seg_002', speaker: 'B' },
      ],
    });
    // Clients that join addresses, and those of whisper.cpp, which name no model.
    const asOthers = await Promise.all([
      post('/v1/audio/transcriptions/', form({ file: clip, model: 'whisper-1', vad_filter: 'true' })),
      post('/inference', form({ file: clip, language: 'English' })),
    ]);
    expect(asOthers.map(({ status }) => status)).toEqual([200, 200]);
    expect(asOthers[0].headers.get('x-colloquy-ignored')).toBe('vad_filter');
    expect(asOthers[0].headers.get('x-colloquy-model')).toBe('moonshine-tiny');
    expect(await asOthers[1].json()).toMatchObject({ text: json.text });
    const srt = await ask({ response_format: 'srt' });
    expect(srt.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const stream = await (await ask({ stream: 'True' })).text();
    expect(stream).toContain('transcript.text.delta');
    expect(stream.trimEnd().split('\n').at(-1)).toContain('transcript.text.done');
  });

  it('says who speaks when for clients of speaches and LocalAI', async () => {
    const ask = (fields: Record<string, string>): Promise<Response> =>
      post(
        '/v1/audio/diarization',
        form({ file: sound(), model: 'pyannote/any', num_speakers: '2', ...fields }),
      );
    const json = (await (await ask({})).json()) as { duration: number; segments: { speaker: string }[] };
    expect(json.duration).toBeCloseTo((SAMPLE.length - 44) / 32_000, 2);
    expect(new Set(json.segments.map(({ speaker }) => speaker))).toEqual(
      new Set(['SPEAKER_00', 'SPEAKER_01']),
    );
    expect(await (await ask({ response_format: 'rttm' })).text()).toMatch(/^SPEAKER /);
    expect((await ask({ response_format: 'xml' })).status).toBe(400);
    expect((await ask({ min_duration_on: 'long' })).status).toBe(400);
    const reference = `data:audio/wav;base64,${readFileSync(voiceFile(temporaryFolder(), 'ana', 0)).toString('base64')}`;
    const known = await ask({
      'known_speaker_names[]': 'Ana',
      'known_speaker_references[]': reference,
      response_format: 'verbose_json',
      min_duration_off: '1',
    });
    expect(known.headers.get('x-colloquy-ignored')).toBe('min_duration_off');
    expect(((await known.json()) as { speakers: string[] }).speakers).toContain('Ana');
  });

  it.each([
    ['/v1/diarize', form({ file: new Blob(['no sound']) }), 415, 'unsupported_audio'],
    ['/v1/diarize', form({ num_speakers: '2' }), 400, 'invalid_option'],
    ['/v1/diarize', form({ file: sound(), num_speakers: '0' }), 400, 'invalid_option'],
    ['/v1/diarize?format=nope', form({ file: sound() }), 400, 'invalid_option'],
    ['/v1/jobs', form({ file: sound(), task: 'dance' }), 400, 'invalid_option'],
    ['/v1/jobs', '{"task":"diarize","audio":{"recording":"../../etc/passwd"}}', 400, 'invalid_option'],
    ['/v1/jobs', `{"task":"diarize","audio":{"recording":"rec_${'a'.repeat(22)}"}}`, 404, 'not_found'],
    ['/v1/audio/transcriptions', form({ file: sound(), model: 'nothing' }), 404, 'model_unknown'],
    ['/v1/nothing', '', 404, 'not_found'],
  ])('answers %s with one kind of error', async (path, body, status, code) => {
    const headers = typeof body === 'string' ? { 'content-type': 'application/json' } : undefined;
    const reply = await post(path, body, headers);
    expect(reply.status).toBe(status);
    const problem = (await reply.json()) as { code: string; requestId: string; error: { message: string } };
    expect(problem).toMatchObject({ code, schemaVersion: 1, status });
    expect(problem.requestId).toBe(reply.headers.get('x-request-id'));
    expect(JSON.stringify(problem)).not.toMatch(/\/tmp|node_modules|\n\s+at /);
  });

  it('takes nothing from pages of others, nor under another name', async () => {
    const foreign = await post('/v1/diarize', form({ file: sound() }), { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    const { port } = new URL(url);
    const status = await new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/v1/jobs', headers: { host: 'evil.example' } }, (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  it('leaves nothing of an upload that breaks off, and goes on', async () => {
    const { port } = new URL(url);
    await new Promise<void>((resolve) => {
      const sent = request({
        host: '127.0.0.1',
        port,
        path: '/v1/diarize',
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=b', 'content-length': '1000000' },
      });
      sent.on('error', () => undefined);
      sent.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF');
      setTimeout(() => {
        sent.destroy();
        resolve();
      }, 100);
    });
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  it('logs neither names nor queries', () => {
    expect(log).toMatch(/"method":"POST","route":"\/v1\/diarize","status":200,"ms":\d+,"bytesIn":\d+/);
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    // Of a request, or of a job that has ended.
    for (const line of lines) expect(line).toHaveProperty('jobId' in line ? 'state' : 'requestId');
    expect(log).not.toContain('meeting');
    expect(log).not.toContain('format=');
  });

  it('refuses to serve others without keys', async () => {
    const { code, stderr } = await runCli(['serve', '--host', '0.0.0.0', '--port', '0']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('--keys');
  });

  it('asks for a key where there are some, and keeps jobs over a restart', async () => {
    const folder = temporaryFolder();
    const made = await runCli(['serve', 'key', 'ana']);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(folder, 'keys'), made.stdout);
    const start = async (): Promise<{ child: ChildProcess; base: string }> => {
      const child = startCli([
        'serve',
        '--port',
        '0',
        '--keys',
        join(folder, 'keys'),
        '--data',
        join(folder, 'data'),
        '--preload',
        '',
      ]);
      const [line] = (await once(child.stdout!.setEncoding('utf8'), 'data')) as [string];
      return { child, base: line.trim() };
    };
    const first = await start();
    expect((await fetch(`${first.base}/v1/jobs`)).status).toBe(401);
    // The page is open, what is sent to its address is not.
    for (const path of ['/', '/upload', '/diarize', '/embedding'])
      expect(
        (await fetch(first.base + path, { method: 'POST', body: form({ audio_file: sound() }) })).status,
      ).toBe(401);
    const headers = { authorization: `Bearer ${made.stderr.trim()}` };
    const body = form({ task: 'loudness', file: sound() });
    const { id } = (await (
      await fetch(`${first.base}/v1/jobs`, { method: 'POST', body, headers })
    ).json()) as { id: string };
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const second = await start();
    const job = await fetch(`${second.base}/v1/jobs/${id}?wait=60`, { headers });
    expect(await job.json()).toMatchObject({ id });
    let state = '';
    for (let i = 0; i < 100 && state !== 'completed'; i += 1) {
      state = (
        (await (await fetch(`${second.base}/v1/jobs/${id}?wait=5`, { headers })).json()) as { state: string }
      ).state;
    }
    expect(state).toBe('completed');
    second.child.kill('SIGTERM');
    await once(second.child, 'exit');
    expect(readdirSync(join(folder, 'data', 'uploads'))).toEqual([]);
  });
});
