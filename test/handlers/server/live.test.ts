import { type ChildProcess, execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import WebSocket from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../../core/audio/wav/wav-writer.ts';
import { applyLiveEvent, EMPTY_LIVE_TRANSCRIPT } from '../../../core/result/live/live-transcript.ts';
import type { LiveEvent } from '../../../core/result/live/live-events.ts';
import type { LiveServerMessage } from '../../../sdk/live/server-message.ts';
import { LIVE_PROTOCOL } from '../../../sdk/live/protocol.ts';
import { pcmOf, TestSocket } from '../../support/live-socket.ts';
import { pythonWith } from '../../support/python-with.ts';
import { wavBytes } from '../../support/wav-bytes.ts';
import { startCli } from '../../support/run-cli.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SECONDS = 16;
const PCM = pcmOf(readFileSync(join(import.meta.dirname, '../../../samples/library.wav')), SECONDS);
const S16 = { audio: { encoding: 's16le', sampleRate: 16_000, channels: 1 } };
const QUICK = { ...S16, tasks: ['detect-speech'] };

const servers: ChildProcess[] = [];
let url: string;
let diartUrl: string;

/** The addresses that it prints, a line each. */
async function startServer(lines: number, ...options: string[]): Promise<string[]> {
  const server = startCli(['serve', '--port', '0', '--preload', '', ...options]);
  servers.push(server);
  server.stderr!.resume();
  let printed = '';
  server.stdout!.setEncoding('utf8');
  while (printed.split('\n').length <= lines) {
    const [text] = (await once(server.stdout!, 'data')) as [string];
    printed += text;
  }
  return printed.trim().split('\n');
}

beforeAll(async () => {
  [url, diartUrl] = (await startServer(2, '--diart-port', '0')) as [string, string];
});

afterAll(async () => {
  for (const server of servers) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
});

/** Sends sound in pieces that cut samples in two. */
function sendInPieces(socket: TestSocket, pcm: Buffer, seed: number): void {
  const random = seededRandom(seed);
  for (let start = 0; start < pcm.length;) {
    const end = start + 1 + Math.floor(random() * 9_000);
    socket.hear(pcm.subarray(start, end));
    start = end;
  }
}

const eventsOf = (messages: readonly LiveServerMessage[]): LiveEvent[] =>
  messages.filter((message): message is LiveServerMessage & { seq: number } & LiveEvent => 'seq' in message);

const stateOf = (messages: readonly LiveServerMessage[]) =>
  eventsOf(messages).reduce(applyLiveEvent, EMPTY_LIVE_TRANSCRIPT);

describe('a live socket', () => {
  it(
    'ends with what an upload of the same sound gives, over two connections',
    { timeout: 240_000 },
    async () => {
      const half = PCM.length / 2 + 1;
      const first = await TestSocket.open(url, { ...S16, language: 'en' });
      const { sessionId, resumeToken } = await first.heard('ready');
      sendInPieces(first, PCM.subarray(0, half), 1);
      await first.heard('turn');
      first.socket.terminate();
      await first.closed;
      const got = first.messages.filter((message) => 'seq' in message);

      const second = await TestSocket.open(url);
      second.say({ type: 'resume', sessionId, resumeToken, lastSeq: got.at(-1)!.seq });
      const ready = await second.heard('ready');
      expect(ready).toMatchObject({ sessionId, resumeToken });
      sendInPieces(second, PCM.subarray(ready.heardBytes), 2);
      second.say({ type: 'name-speaker', speaker: 'S1', name: 'Ada' });
      second.say({ type: 'finish' });
      const { result } = await second.heard('result');
      expect(await second.closed).toEqual({ code: 1000, reason: '' });

      const messages = [...got, ...second.messages.filter((message) => 'seq' in message)];
      expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index));
      const state = stateOf(messages);
      expect(state.names).toEqual({ S1: 'Ada' });
      expect(state.texts.map(({ text }) => text).join(' ')).toContain('the new library');

      const samples = Float32Array.from(
        { length: PCM.length / 2 },
        (_, i) => PCM.readInt16LE(2 * i) / 32_768,
      );
      const form = new FormData();
      form.append('file', new Blob([encodeWav(samples, { sampleRate: 16_000 })]), 'same.wav');
      form.append('language', 'en');
      const reply = await fetch(`${url}/v1/transcribe`, { method: 'POST', body: form });
      const job = (await reply.json()) as { results: { result: Record<string, unknown> }[] };
      const offline = job.results[0]!.result;
      const { turns, utterances, words } = result as unknown as Record<string, unknown>;
      expect(JSON.parse(JSON.stringify({ turns, utterances, words }))).toEqual({
        turns: offline.turns,
        utterances: offline.utterances,
        words: offline.words,
      });
    },
  );

  it('hears other encodings, rates and channels', { timeout: 60_000 }, async () => {
    const stereo = Buffer.alloc(PCM.length * 2);
    for (let i = 0; i < PCM.length / 2; i += 1)
      stereo.writeFloatLE(PCM.readInt16LE(2 * i) / 32_768, 8 * Math.floor(i / 2) + 4 * (i % 2));
    const audio = { encoding: 'f32le', sampleRate: 8000, channels: 2 };
    const socket = await TestSocket.open(url, { audio, tasks: ['detect-speech'] });
    sendInPieces(socket, stereo, 3);
    socket.say({ type: 'finish' });
    expect(await socket.closed).toMatchObject({ code: 1000 });
    const start = eventsOf(socket.messages).find((event) => event.type === 'speech');
    expect(start).toMatchObject({ state: 'start', atSeconds: expect.closeTo(0.45, 1) as number });
  });

  it(
    'reads no more than it can work on, and loses nothing of an hour in a second',
    { timeout: 120_000 },
    async () => {
      const socket = await TestSocket.open(url, QUICK);
      const minutes = 6;
      for (let i = 0; i < (minutes * 60) / SECONDS; i += 1) sendInPieces(socket, PCM, i);
      socket.say({ type: 'finish' });
      expect(await socket.closed).toMatchObject({ code: 1000 });
      const { status } = stateOf(socket.messages);
      expect(status!.heardSeconds).toBeGreaterThan(minutes * 60 - SECONDS);
    },
  );

  const start = { type: 'start', ...QUICK };
  const float = { ...start, audio: { encoding: 'f32le', sampleRate: 16_000, channels: 1 } };
  it.each([
    ['sound before start', [PCM.subarray(0, 100)], 1003, 'Expected start or resume first'],
    ['finish before start', ['{"type":"finish"}'], 1003, 'Expected start or resume first'],
    ['no JSON', ['hello'], 1003, 'Expected JSON'],
    ['an unknown field', [{ ...start, colour: 'red' }], 1003, 'colour'],
    ['an unknown type', [{ type: 'dance' }], 1003, 'not valid'],
    ['a wrong rate', [{ ...start, audio: { encoding: 's16le', sampleRate: 5 } }], 1003, 'sampleRate'],
    ['two starts', [start, start], 1003, 'open already'],
    ['nobody to verify', [{ ...start, tasks: ['verify'] }], 1003, 'voices'],
    ['an unknown preset', [{ ...start, tasks: ['diarize'], preset: 'best' }], 1003, 'preset'],
    ['half a sample', [start, Buffer.alloc(3), { type: 'finish' }], 1007, 'ends with 1 bytes'],
    ['no sound at all', [start, { type: 'finish' }], 1007, 'audio_too_short'],
    ['what is no number', [float, Buffer.from(new Float32Array([0, NaN]).buffer)], 1007, 'no usable number'],
    ['sound after the end', [start, { type: 'finish' }, PCM.subarray(0, 100)], 1003, 'after finish'],
    ['a message that is too large', [start, Buffer.alloc(256 * 1024 + 1)], 1009, ''],
    [
      'a session of somebody else',
      [{ type: 'resume', sessionId: 'live_x', resumeToken: 'x', lastSeq: -1 }],
      1008,
      'not yours',
    ],
  ])('closes with a reason: %s', { timeout: 30_000 }, async (_name, sent, code, reason) => {
    const socket = await TestSocket.open(url);
    for (const message of sent) {
      if (message instanceof Uint8Array) socket.hear(message);
      else socket.say(message);
    }
    expect((await socket.closed).code).toBe(code);
    const said = JSON.stringify(socket.messages.find(({ type }) => type === 'error') ?? '');
    expect(said).toContain(reason);
    expect(said).not.toMatch(/\/work|\.ts:/);
  });

  it('is one at a time: who resumes takes over', { timeout: 60_000 }, async () => {
    const first = await TestSocket.open(url, QUICK);
    const { sessionId, resumeToken } = await first.heard('ready');
    const wrong = await TestSocket.open(url);
    wrong.say({ type: 'resume', sessionId, resumeToken: `${resumeToken}x`, lastSeq: -1 });
    expect((await wrong.closed).code).toBe(1008);
    const second = await TestSocket.open(url);
    second.say({ type: 'resume', sessionId, resumeToken, lastSeq: -1 });
    await second.heard('ready');
    expect((await first.closed).code).toBe(4409);
    second.hear(PCM.subarray(0, 64_000));
    second.say({ type: 'finish' });
    expect((await second.closed).code).toBe(1000);
  });

  it(
    'asks for the protocol, and for a key or a ticket where there are keys',
    { timeout: 60_000 },
    async () => {
      expect((await new TestSocket(url, ['chat']).closed).code).toBe(1006);
      const keys = join(temporaryFolder(), 'keys.txt');
      writeFileSync(keys, `ada ${createHash('sha256').update('ck_secret').digest('hex')}\n`);
      const [guarded] = (await startServer(1, '--keys', keys)) as [string];
      expect((await new TestSocket(guarded).closed).code).toBe(1006);
      const refused = await fetch(`${guarded}/v1/live`, { method: 'POST' });
      expect(refused.status).toBe(401);
      const reply = await fetch(`${guarded}/v1/live`, {
        method: 'POST',
        headers: { authorization: 'Bearer ck_secret' },
      });
      const { ticket } = (await reply.json()) as { ticket: string };
      const withTicket = [LIVE_PROTOCOL, `ticket.${ticket}`];
      const opened = new TestSocket(guarded, withTicket);
      await once(opened.socket, 'open');
      expect(opened.socket.protocol).toBe(LIVE_PROTOCOL);
      opened.socket.terminate();
      // Once.
      expect((await new TestSocket(guarded, withTicket).closed).code).toBe(1006);
      const withKey = new TestSocket(guarded, [LIVE_PROTOCOL], { authorization: 'Bearer ck_secret' });
      await once(withKey.socket, 'open');
      withKey.socket.terminate();
    },
  );
});

describe('the socket of diart', () => {
  /** What diart.client sends of a file: base64 of float32, half a second a message, as fast as the socket takes it. */
  function connect(): { socket: WebSocket; rttm: () => string; closed: Promise<number> } {
    const socket = new WebSocket(diartUrl);
    let rttm = '';
    socket.on('message', (data) => (rttm += (data as Buffer).toString()));
    const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)));
    return { socket, rttm: () => rttm, closed };
  }

  it('answers with lines of RTTM, to each client its own', { timeout: 120_000 }, async () => {
    const { socket, rttm } = connect();
    const other = connect();
    await Promise.all([once(socket, 'open'), once(other.socket, 'open')]);
    const samples = Float32Array.from({ length: PCM.length / 2 }, (_, i) => PCM.readInt16LE(2 * i) / 32_768);
    for (let start = 0; start < samples.length; start += 8_000) {
      const block = Buffer.from(samples.slice(start, start + 8_000).buffer).toString('base64');
      // Python's encodebytes breaks lines.
      socket.send(start === 0 ? block.replace(/(.{76})/g, '$1\n') : block);
    }
    await expect.poll(rttm, { timeout: 100_000, interval: 200 }).toContain('speaker1');
    const [first] = rttm().split('\n');
    expect(first).toMatch(/^SPEAKER 127\.0\.0\.1:\d+ 1 0\.\d{3} \d\.\d{3} <NA> <NA> speaker0 <NA> <NA>$/);
    other.socket.send('not base64!');
    expect(await other.closed).toBe(1007);
    expect(other.rttm()).toBe('');
    socket.close();
  });
});

describe('the socket of diglett', () => {
  async function embeddingOf(fromSeconds: number, toSeconds: number): Promise<number[]> {
    const samples = Float32Array.from(
      { length: (toSeconds - fromSeconds) * 16_000 },
      (_, i) => PCM.readInt16LE(2 * (i + fromSeconds * 16_000)) / 32_768,
    );
    const form = new FormData();
    form.append('file', new Blob([encodeWav(samples, { sampleRate: 16_000 })]), 'voice.wav');
    const reply = await fetch(`${url}/v1/embed`, { method: 'POST', body: form });
    const job = (await reply.json()) as { results: { result: { embedding: number[] } }[] };
    return job.results[0]!.result.embedding;
  }

  it('says which of two voices it is, message by message', { timeout: 120_000 }, async () => {
    const voices = [await embeddingOf(0, 3.6), await embeddingOf(4, 8.8)];
    const socket = new WebSocket(`${url.replace('http', 'ws')}/stream`);
    await once(socket, 'open');
    const answers: { speaker: number[]; db: number; state: string }[] = [];
    socket.on('message', (data) => answers.push(JSON.parse((data as Buffer).toString()) as never));
    const messageBytes = 10_560;
    const count = Math.floor((9 * 32_000) / messageBytes);
    for (let i = 0; i < count; i += 1) {
      const pcm = PCM.subarray(i * messageBytes, (i + 1) * messageBytes);
      socket.send(JSON.stringify({ audio_data: pcm.toString('base64'), speaker_embedding: voices }));
    }
    await expect.poll(() => answers.length, { timeout: 60_000 }).toBe(count);
    const at = (seconds: number) => answers[Math.floor((seconds * 32_000) / messageBytes)]!;
    expect(answers[0]).toMatchObject({ speaker: [0], state: 'silence' });
    expect(at(3).speaker).toEqual(voices[0]);
    expect(at(7).speaker).toEqual(voices[1]);
    expect(at(3).db).toBeGreaterThan(100);
    socket.send(JSON.stringify({ audio_data: '', speaker_embedding: [[1, 2]] }));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1008);
  });

  const { path: python = '', missing } = pythonWith('websockets');
  if (missing !== '')
    console.log(`diglett's client in Python is not run: ${missing} (pip install websockets).`);
  it.skipIf(missing !== '')(
    'serves a client in Python, which compares lists of numbers',
    { timeout: 120_000 },
    async () => {
      const folder = temporaryFolder();
      const cut = (name: string, from: number, to: number): string => {
        const path = join(folder, name);
        writeFileSync(path, wavBytes({ data: PCM.subarray(from * 32_000, to * 32_000) }));
        return path;
      };
      const files = [cut('1.wav', 0, 3), cut('2.wav', 4, 8), cut('talk.wav', 0, 9)];
      const { hostname, port } = new URL(url);
      const script = join(import.meta.dirname, '../../support/diglett-client.py');
      const { stdout } = await promisify(execFile)(python, [script, hostname, port, ...files], {
        timeout: 100_000,
      });
      const voices = stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]);
      expect(voices).toHaveLength(Math.ceil((9 * 16_000) / 5_333));
      expect([voices[0], voices[8], voices[20]]).toEqual(['0', '1', '2']);
    },
  );
});
