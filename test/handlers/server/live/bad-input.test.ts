/** What clients do wrong, against the real sockets over a real engine: nothing of it may touch a session beside it. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveServerMessage } from '../../../../sdk/live/server-message.ts';
import { LIVE_PROTOCOL } from '../../../../sdk/live/protocol.ts';
import { encodeAudio } from '../../../support/encode-audio.ts';
import { type LiveDoors, openLiveDoors, startTestEngine } from '../../../support/live-doors.ts';
import { pcmOf, TestSocket } from '../../../support/live-socket.ts';
import { wavBytes } from '../../../support/wav-bytes.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import type { Engine } from '../../../../core/engine/engine.ts';

const SAMPLE = join(import.meta.dirname, '../../../../samples/library.wav');
const PCM = pcmOf(readFileSync(SAMPLE), 4);
const QUICK = { tasks: ['detect-speech'] };
const START = { type: 'start', ...QUICK };
const FIRST_MS = 400;
const IDLE_MS = 1_500;
const RESUME_MS = 300;

let engine: Engine;
let doors: LiveDoors;
/** A session that goes on beside everything else, and has to end as if nothing had been. */
let neighbour: TestSocket;

beforeAll(async () => {
  engine = await startTestEngine();
  doors = await openLiveDoors({
    engine,
    resumeMs: RESUME_MS,
    diartIdleMs: IDLE_MS,
    limits: { firstMessageMs: FIRST_MS, idleMs: IDLE_MS },
  });
  const steady = await openLiveDoors({ engine, limits: { idleMs: 600_000 } });
  neighbour = await TestSocket.open(steady.url, QUICK);
  await neighbour.heard('ready');
  neighbour.hear(PCM.subarray(0, PCM.length / 2));
  closing.push(() => steady.close());
});

const closing: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const close of closing) await close();
  await doors.close();
  await engine.close();
});

/** Waits until no session is left. */
async function allForgotten(): Promise<void> {
  await expect.poll(() => doors.rooms.count, { timeout: 20_000, interval: 50 }).toBe(0);
}

type Bytes = Uint8Array;
/** What is sent, and how it ends. */
type Row = readonly [what: string, sent: readonly (object | string | Bytes)[], code: number, said: string];

const FLOAT = { ...START, audio: { encoding: 'f32le' } };
const floats = (...values: number[]): Bytes => new Uint8Array(Float32Array.from(values).buffer);

const TABLE: readonly Row[] = [
  ['sound before start', [PCM.subarray(0, 100)], 1003, 'Expected start or resume first'],
  ['a name before start', [{ type: 'name-speaker', speaker: 'S1', name: 'Ada' }], 1003, 'Expected start'],
  ['an empty text', [''], 1003, 'Expected JSON'],
  ['a number', ['17'], 1003, 'not valid'],
  ['a list', ['[]'], 1003, 'not valid'],
  ['null', ['null'], 1003, 'not valid'],
  ['half of a message', ['{"type":"start"'], 1003, 'Expected JSON'],
  ['JSON of great depth', ['['.repeat(20_000)], 1003, 'Expected JSON'],
  ['an unknown field deep inside', [{ ...START, audio: { encoding: 's16le', bits: 16 } }], 1003, 'bits'],
  ['__proto__', ['{"type":"start","__proto__":{"tasks":[]}}'], 1003, 'not valid'],
  ['no rate at all', [{ ...START, audio: { encoding: 's16le', sampleRate: 0 } }], 1003, 'sampleRate'],
  ['a rate that is no number', [{ ...START, audio: { encoding: 's16le', sampleRate: 'CD' } }], 1003, 'sampleRate'],
  ['half a hertz', [{ ...START, audio: { encoding: 's16le', sampleRate: 8000.5 } }], 1003, 'sampleRate'],
  ['a million channels', [{ ...START, audio: { encoding: 's16le', channels: 1_000_000 } }], 1003, 'channels'],
  ['an unknown encoding', [{ ...START, audio: { encoding: 'flac' } }], 1003, 'encoding'],
  ['no task', [{ type: 'start', tasks: [] }], 1003, 'tasks'],
  ['an unknown task', [{ type: 'start', tasks: ['sing'] }], 1003, 'tasks'],
  ['a latency of a year', [{ ...START, latencySeconds: 31_536_000 }], 1003, 'latencySeconds'],
  ['a language that is none', [{ ...START, language: '../../etc' }], 1003, 'language'],
  ['an unknown recogniser', [{ type: 'start', tasks: ['transcribe'], model: 'no-such' }], 1003, 'no-such'],
  ['more speakers at least than at most', [{ type: 'start', tasks: ['diarize'], minSpeakers: 3, maxSpeakers: 2 }], 1003, 'peakers'],
  ['a voice of another space', [{ type: 'start', tasks: ['diarize'], voices: [{ name: 'Ada', space: { model: 'x', dimension: 2, version: 1 }, embedding: [1, 2] }] }], 1003, ''],
  ['start twice', [START, START], 1003, 'open already'],
  ['start, then resume', [START, { type: 'resume', sessionId: 'x', resumeToken: 'x', lastSeq: -1 }], 1003, 'open already'],
  ['a session that never was', [{ type: 'resume', sessionId: 'live_0', resumeToken: 'x', lastSeq: -1 }], 1008, 'not yours'],
  ['an odd byte at the end', [START, PCM.subarray(0, 3_201), { type: 'finish' }], 1007, 'ends with 1 bytes'],
  ['a third of a frame of channels', [{ ...START, audio: { encoding: 'f32le', channels: 3 } }, new Uint8Array(16), { type: 'finish' }], 1007, 'ends with 4 bytes'],
  ['NaN', [FLOAT, floats(0, NaN)], 1007, 'no usable number'],
  ['infinity', [FLOAT, floats(0, -Infinity)], 1007, 'no usable number'],
  ['samples of a billion and more', [FLOAT, floats(0, 1e12)], 1007, 'no usable number'],
  ['no sound at all', [START, { type: 'finish' }], 1007, 'audio_too_short'],
  ['empty frames only', [START, new Uint8Array(0), new Uint8Array(0), { type: 'finish' }], 1007, 'audio_too_short'],
  ['finish twice', [START, PCM.subarray(0, 32_000), { type: 'finish' }, { type: 'finish' }], 1000, ''],
  ['sound after finish', [START, { type: 'finish' }, PCM.subarray(0, 100)], 1003, 'after finish'],
  ['a frame of 256 KiB', [START, new Uint8Array(256 * 1024), { type: 'finish' }], 1000, ''],
  ['a byte more', [START, new Uint8Array(256 * 1024 + 1)], 1009, ''],
  ['a text of 256 KiB and a byte', [`"${'x'.repeat(256 * 1024)}"`], 1009, ''],
  ['a container that is none', [{ ...START, audio: { encoding: 'container' } }, randomBytes(5_000), { type: 'finish' }], 1007, ''],
  ['a playlist for a container', [{ ...START, audio: { encoding: 'container' } }, Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'), { type: 'finish' }], 1007, ''],
]; // prettier-ignore

describe('a live socket closes with a code and a reason', () => {
  it.each(TABLE)('%s', { timeout: 30_000 }, async (_what, sent, code, said) => {
    const socket = await TestSocket.open(doors.url);
    for (const message of sent) {
      if (message instanceof Uint8Array) socket.hear(message);
      else socket.say(message);
    }
    expect(await socket.closed).toMatchObject({ code });
    const error = JSON.stringify(socket.messages.find(({ type }) => type === 'error') ?? '');
    expect(error).toContain(said);
    expect(error).not.toMatch(/\/work|\/tmp|\.ts:|node_modules|    at /);
  });

  it(
    'a client that says nothing, and one that starts and says nothing more',
    { timeout: 30_000 },
    async () => {
      const silent = await TestSocket.open(doors.url);
      const idle = await TestSocket.open(doors.url, QUICK);
      expect(await silent.closed).toEqual({ code: 4408, reason: 'no first message' });
      expect(await idle.closed).toMatchObject({ code: 4408 });
      expect(idle.messages.at(-1)).toMatchObject({ type: 'error', code: 'deadline_exceeded' });
      await allForgotten();
    },
  );

  it('pings alone keep nobody', { timeout: 30_000 }, async () => {
    const socket = await TestSocket.open(doors.url, QUICK);
    const pinging = setInterval(() => socket.say({ type: 'ping', id: 'x' }), 200);
    expect((await socket.closed).code).toBe(4408);
    clearInterval(pinging);
    expect(socket.messages.filter(({ type }) => type === 'pong').length).toBeGreaterThan(2);
  });

  it(
    'a container that is cut in the middle ends with what was heard of it',
    { timeout: 60_000 },
    async () => {
      const webm = encodeAudio(wavBytes({ data: PCM }), 'webm', '-c:a', 'libopus');
      const [whole, cut] = [webm, webm.subarray(0, Math.floor(webm.length / 2))];
      const heard: number[] = [];
      for (const bytes of [whole, cut]) {
        const socket = await TestSocket.open(doors.url, { ...QUICK, audio: { encoding: 'container' } });
        for (let start = 0; start < bytes.length; start += 5_000)
          socket.hear(bytes.subarray(start, start + 5_000));
        socket.say({ type: 'finish' });
        const end = await socket.closed;
        expect(end.code, JSON.stringify(socket.messages.at(-1))).toBe(1000);
        heard.push(
          Math.max(
            0,
            ...socket.messages.map((message) => (message.type === 'status' ? message.heardSeconds : 0)),
          ),
        );
      }
      expect(heard[0]).toBeGreaterThanOrEqual(3);
      expect(heard[1]).toBeGreaterThanOrEqual(1);
      expect(heard[1]).toBeLessThan(heard[0]!);
    },
  );
});

describe('frames that break the protocol', () => {
  /** A socket that has been upgraded by hand. */
  async function upgraded(): Promise<Socket> {
    const { port } = new URL(doors.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    const headers = [
      'GET /v1/live HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      `Sec-WebSocket-Protocol: ${LIVE_PROTOCOL}`,
    ];
    socket.write(`${headers.join('\r\n')}\r\n\r\n`);
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(head.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /);
    return socket;
  }

  /** Empty fragments of a message that never ends, each masked. */
  const FRAGMENTS = Buffer.concat([
    Buffer.from([0x02, 0x81, 0, 0, 0, 0, 1]),
    ...Array.from({ length: 20_000 }, () => Buffer.from([0x00, 0x81, 0, 0, 0, 0, 1])),
  ]);

  it.each([
    ['a length of 2^63 - 1', Buffer.from([0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0])],
    ['a frame without a mask', Buffer.from([0x82, 0x01, 0x00])],
    ['a reserved opcode', Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
    ['a reserved bit', Buffer.from([0xc2, 0x80, 0, 0, 0, 0])],
    ['a continuation of nothing', Buffer.from([0x80, 0x80, 0, 0, 0, 0])],
    ['text that is no UTF-8', Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])],
    ['a long ping', Buffer.from([0x89, 0xfe, 0x00, 0x80, 0, 0, 0, 0])],
    ['20,000 fragments of a message that never ends', FRAGMENTS],
    ['rubbish', randomBytes(2_000)],
  ])('%s: the socket is closed', { timeout: 20_000 }, async (_what, bytes) => {
    const socket = await upgraded();
    socket.resume();
    socket.write(bytes);
    await Promise.race([
      once(socket, 'close'),
      once(socket, 'end'),
      delay(10_000).then(() => Promise.reject(new Error('still open'))),
    ]);
    socket.destroy();
  });

  it.each([
    ['another path', { path: '/v1/lives' }, 404],
    ['no subprotocol', { protocols: ['chat'] }, 415],
    ['a page of another origin', { origin: 'https://evil.example' }, 403],
    ['another host', { host: 'evil.example' }, 403],
  ])(
    '%s: refused before there is a socket',
    async (
      _what,
      {
        path = '/v1/live',
        protocols = [LIVE_PROTOCOL],
        origin,
        host,
      }: { path?: string; protocols?: string[]; origin?: string; host?: string },
      status,
    ) => {
      const headers = {
        ...(origin === undefined ? {} : { origin }),
        ...(host === undefined ? {} : { host }),
      };
      const socket = new WebSocket(`${doors.url.replace('http', 'ws')}${path}`, protocols, { headers });
      const [, reply] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
      expect(reply.statusCode).toBe(status);
    },
  );
});

describe('clients that disappear', () => {
  const MOMENTS: readonly [string, readonly (object | Bytes)[], LiveServerMessage['type'] | undefined][] = [
    ['before start', [], undefined],
    ['after start, before ready', [START], undefined],
    ['after ready', [START], 'ready'],
    ['after sound', [START, PCM.subarray(0, 64_000)], 'ready'],
    ['after an event', [START, PCM.subarray(0, 64_000)], 'status'],
    ['after finish', [START, PCM.subarray(0, 64_000), { type: 'finish' }], 'ready'],
    ['in the middle of a big frame', [START, new Uint8Array(200_000)], undefined],
  ];

  it.each(MOMENTS)('%s', { timeout: 30_000 }, async (_when, sent, waitsFor) => {
    const socket = await TestSocket.open(doors.url);
    for (const message of sent) {
      if (message instanceof Uint8Array) socket.hear(message);
      else socket.say(message);
    }
    if (waitsFor !== undefined) await socket.heard(waitsFor);
    socket.socket.terminate();
    await allForgotten();
  });
});

describe('sessions of others', () => {
  it('two that resume one session: the last has it, and nothing is lost', { timeout: 30_000 }, async () => {
    const first = await TestSocket.open(doors.url, QUICK);
    const { sessionId, resumeToken } = await first.heard('ready');
    first.hear(PCM.subarray(0, 64_000));
    await first.heard('status');
    const resume = { type: 'resume', sessionId, resumeToken, lastSeq: -1 };
    const [second, third] = [await TestSocket.open(doors.url), await TestSocket.open(doors.url)];
    second.say(resume);
    await second.heard('ready');
    third.say(resume);
    const ready = await third.heard('ready');
    expect([(await first.closed).code, (await second.closed).code]).toEqual([4409, 4409]);
    third.hear(PCM.subarray(ready.heardBytes));
    third.say({ type: 'finish' });
    expect(await third.closed).toMatchObject({ code: 1000 });
    const numbers = third.messages.flatMap((message) => ('seq' in message ? [message.seq] : []));
    expect(numbers).toEqual(numbers.map((_, index) => index));
  });

  it(
    'a key of somebody else, a key without the scope, a ticket that was used',
    { timeout: 60_000 },
    async () => {
      const keys = join(temporaryFolder(), 'keys.txt');
      const line = (name: string, scopes: string): string =>
        `${name} ${createHash('sha256').update(`secret of ${name}`).digest('hex')} ${scopes}\n`;
      writeFileSync(keys, line('ada', 'jobs,voices') + line('bob', 'jobs') + line('cyd', 'voices'));
      const guarded = await openLiveDoors({ engine, keys });
      closing.push(() => guarded.close());
      const bearer = (name: string) => ({ 'x-api-key': `secret of ${name}` });
      const socketOf = async (name: string): Promise<TestSocket> => {
        const socket = new TestSocket(guarded.url, [LIVE_PROTOCOL], bearer(name));
        await once(socket.socket, 'open');
        return socket;
      };
      const ada = await socketOf('ada');
      ada.say(START);
      const { sessionId, resumeToken } = await ada.heard('ready');
      const bob = await socketOf('bob');
      bob.say({ type: 'resume', sessionId, resumeToken, lastSeq: -1 });
      expect(await bob.closed).toMatchObject({ code: 1008 });
      // Voices are biometric: a key for jobs alone may not compare with them.
      const named = await socketOf('bob');
      named.say({ type: 'start', tasks: ['diarize'], voices: [] });
      expect(await named.closed).toMatchObject({ code: 1008 });
      expect(JSON.stringify(named.messages)).toContain('scope_missing');
      const refused = async (path: string, headers: Record<string, string>): Promise<number> => {
        const socket = new WebSocket(`${guarded.url.replace('http', 'ws')}${path}`, [LIVE_PROTOCOL], {
          headers,
        });
        const [, reply] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
        return reply.statusCode;
      };
      expect(await refused('/v1/live', {})).toBe(401);
      expect(await refused('/v1/live', bearer('eve'))).toBe(401);
      expect(await refused('/v1/live', bearer('cyd'))).toBe(403);
      expect(await refused('/stream', bearer('bob'))).toBe(403);
      expect(await refused('/v1/realtime', bearer('cyd'))).toBe(403);
      ada.hear(PCM.subarray(0, 32_000));
      ada.say({ type: 'finish' });
      expect(await ada.closed).toMatchObject({ code: 1000 });
    },
  );
});

describe('a hundred sockets', () => {
  it(
    'of which ten do not read: these are closed, the others are told everything',
    { timeout: 120_000 },
    async () => {
      // Sessions of their own: what they cost together is another test's matter.
      const crowd = await startTestEngine({ liveCores: 100 });
      const limits = { slowBytes: 16_000, tooSlowBytes: 64_000, idleMs: 60_000, firstMessageMs: 30_000 };
      const many = await openLiveDoors({ engine: crowd, limits, resumeMs: RESUME_MS });
      closing.push(async () => {
        await many.close();
        await crowd.close();
      });
      const sockets = await Promise.all(Array.from({ length: 90 }, () => TestSocket.open(many.url, QUICK)));
      const slow = await Promise.all(Array.from({ length: 10 }, () => TestSocket.open(many.url, QUICK)));
      await Promise.all([...sockets, ...slow].map((socket) => socket.heard('ready')));
      const name = JSON.stringify({ type: 'name-speaker', speaker: 'S1', name: '€'.repeat(128) });
      for (const socket of slow) {
        socket.socket.pause();
        // What the system keeps for a reader is a few megabytes.
        for (let sent = 0; sent < 16_000; sent += 1) socket.say(name);
      }
      for (const socket of sockets) {
        socket.hear(PCM.subarray(0, 32_000));
        socket.say({ type: 'finish' });
      }
      const ends = await Promise.all(sockets.map((socket) => socket.closed));
      expect(ends.filter(({ code }) => code === 1000)).toHaveLength(90);
      for (const { messages } of sockets) {
        const numbers = messages.flatMap((message) => ('seq' in message ? [message.seq] : []));
        expect(numbers).toEqual(numbers.map((_, index) => index));
      }
      await expect.poll(() => many.rooms.count, { timeout: 30_000 }).toBe(0);
      for (const socket of slow) socket.socket.resume();
      // Where the closing frame was still to come when the socket was ended, nobody sees its code.
      for (const { code } of await Promise.all(slow.map((socket) => socket.closed)))
        expect([1013, 1006]).toContain(code);
    },
  );

  it(
    'and three hundred that never speak: those are let go, and one that speaks is heard',
    { timeout: 60_000 },
    async () => {
      const silent = Array.from({ length: 300 }, () => new TestSocket(doors.url));
      const speaker = await TestSocket.open(doors.url, QUICK);
      speaker.hear(PCM.subarray(0, 32_000));
      speaker.say({ type: 'finish' });
      expect(await speaker.closed).toMatchObject({ code: 1000 });
      for (const { closed } of silent) expect((await closed).code).toBe(4408);
      await allForgotten();
    },
  );

  it(
    'more than the server takes are refused, and there is room again when they are gone',
    { timeout: 60_000 },
    async () => {
      const few = await openLiveDoors({ engine, maxSockets: 20, limits: { firstMessageMs: FIRST_MS } });
      closing.push(() => few.close());
      const sockets = Array.from({ length: 60 }, () => new TestSocket(few.url));
      const codes = await Promise.all(sockets.map(async ({ closed }) => (await closed).code));
      expect(codes.filter((code) => code === 1006).length).toBeGreaterThanOrEqual(40);
      const later = await TestSocket.open(few.url, QUICK);
      later.hear(PCM.subarray(0, 32_000));
      later.say({ type: 'finish' });
      expect(await later.closed).toMatchObject({ code: 1000 });
    },
  );
});

describe('the sockets of other dialects', () => {
  it.each(['/stream', '/v1/realtime'])(
    '%s lets those go that say nothing',
    { timeout: 20_000 },
    async (path) => {
      const socket = new WebSocket(`${doors.url.replace('http', 'ws')}${path}`);
      const [code] = (await once(socket, 'close')) as [number];
      expect(code).toBe(4408);
    },
  );

  it.each([
    ['no JSON', 'hello', 1008],
    ['vectors of two numbers', '{"audio_data":"","speaker_embedding":[[1,2]]}', 1008],
    ['vectors of words', '{"audio_data":"","speaker_embedding":[["a"]]}', 1008],
    [
      'half a sample',
      JSON.stringify({ audio_data: 'AAAA', speaker_embedding: [Array(192).fill(0.1)] }),
      1008,
    ],
    [
      'vectors of nothing',
      JSON.stringify({ audio_data: 'AAA=', speaker_embedding: [Array(192).fill(0)] }),
      1007,
    ],
    ['the end at once', '{"terminate_session":true}', 1000],
  ])('diglett: %s', { timeout: 20_000 }, async (_what, message, code) => {
    const socket = new WebSocket(`${doors.url.replace('http', 'ws')}/stream`);
    await once(socket, 'open');
    socket.send(message);
    const [closed] = (await once(socket, 'close')) as [number];
    expect(closed).toBe(code);
  });
});

it('the session beside all this has noticed nothing', { timeout: 30_000 }, async () => {
  await allForgotten();
  neighbour.hear(PCM.subarray(PCM.length / 2));
  neighbour.say({ type: 'finish' });
  expect(await neighbour.closed).toEqual({ code: 1000, reason: '' });
  const numbers = neighbour.messages.flatMap((message) => ('seq' in message ? [message.seq] : []));
  expect(numbers).toEqual(numbers.map((_, index) => index));
  expect(neighbour.messages.filter(({ type }) => type === 'status').length).toBe(4);
});
