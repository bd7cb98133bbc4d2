import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pcmOf, TestSocket } from '../../support/live-socket.ts';
import { startCli } from '../../support/run-cli.ts';
import { voiceFile } from '../../support/sample-voices.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SAMPLE = join(import.meta.dirname, '../../../samples/library.wav');
const PCM = pcmOf(readFileSync(SAMPLE), 10);
const START = { tasks: ['diarize'], keepResult: true };

let server: ChildProcess;
let url: string;

beforeAll(async () => {
  server = startCli(['serve', '--port', '0', '--preload', '', '--quiet']);
  const [line] = (await once(server.stdout!.setEncoding('utf8'), 'data')) as [string];
  url = line.trim();
});

afterAll(async () => {
  server.kill('SIGTERM');
  await once(server, 'exit');
});

const ask = async <T>(path: string): Promise<T> => (await (await fetch(url + path)).json()) as T;

it('a live session is kept as a job with its sound and the names that were given', async () => {
  const socket = await TestSocket.open(url, START);
  socket.hear(PCM.subarray(0, 200_001));
  socket.hear(PCM.subarray(200_001));
  await socket.heard('turn');
  socket.say({ type: 'name-speaker', speaker: 'S1', name: 'Ada' });
  socket.say({ type: 'finish' });
  const { jobId, result } = await socket.heard('result');
  expect(await socket.closed).toMatchObject({ code: 1000 });

  const job = await ask<{ state: string; recordings: string[]; output: { results: unknown[] } }>(
    `/v1/jobs/${jobId}`,
  );
  expect(job).toMatchObject({ state: 'completed', task: 'diarize', output: { results: [{ index: 0 }] } });
  expect(job.output.results[0]).toMatchObject({ result: JSON.parse(JSON.stringify(result)) as object });
  const audio = await fetch(`${url}/v1/recordings/${job.recordings[0]}/audio`);
  const wav = Buffer.from(await audio.arrayBuffer());
  expect([wav.readUInt32LE(4), wav.readUInt32LE(40)]).toEqual([PCM.length + 36, PCM.length]);
  expect(wav.subarray(44).equals(PCM)).toBe(true);
  const rttm = await (await fetch(`${url}/v1/jobs/${jobId}/result/0/rttm`)).text();
  expect(rttm).toContain(' Ada ');
}, 60_000);

it('is not kept where its client closes it on purpose', async () => {
  const openSessions = async (): Promise<string | undefined> =>
    /colloquy_live_sessions (\d+)/.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
  const countBefore = await openSessions();
  const before = (await ask<{ recordings: unknown[] }>('/v1/recordings')).recordings.length;
  const socket = await TestSocket.open(url, START);
  socket.hear(PCM.subarray(0, 64_000));
  await socket.heard('status');
  socket.socket.close(1000);
  await socket.closed;
  await expect.poll(openSessions).toBe(countBefore);
  expect((await ask<{ recordings: unknown[] }>('/v1/recordings')).recordings).toHaveLength(before);
}, 30_000);

it('names voices that the server keeps, and says which it does not', async () => {
  const form = new FormData();
  form.append('file', new Blob([readFileSync(voiceFile(temporaryFolder(), 'ana', 0))]), 'ada.wav');
  const options = { method: 'PUT', body: form };
  expect((await fetch(`${url}/v1/voices/Ada`, options)).status).toBe(201);
  const unknown = await TestSocket.open(url, { tasks: ['diarize'], voices: ['Bob'] });
  expect(await unknown.heard('error')).toMatchObject({ code: 'not_found' });
  const socket = await TestSocket.open(url, { tasks: ['diarize'], voices: 'all' });
  // Sound that comes before the voices are looked up is heard all the same.
  socket.hear(PCM.subarray(0, 96_000));
  expect(await socket.heard('ready')).toMatchObject({ heardBytes: 0 });
  await socket.heard('status');
  socket.socket.close(1000);
}, 60_000);
