import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import WebSocket from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRttm } from '../../../../core/formats/annotations/rttm.ts';
import { type LiveDoors, openLiveDoors } from '../../../support/live-doors.ts';
import { pcmOf } from '../../../support/live-socket.ts';
import { pythonWith } from '../../../support/python-with.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { wavBytes } from '../../../support/wav-bytes.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const RECORDED = JSON.parse(
  readFileSync(join(ROOT, 'test/golden/live/clients/diart-client-0.9.2.json'), 'utf8'),
) as {
  readonly request: { readonly headers: Record<string, string> };
  readonly seconds: number;
  readonly frames: readonly { readonly characters: number; readonly sha256: string }[];
};
const PCM = pcmOf(readFileSync(join(ROOT, 'samples/library.wav')), RECORDED.seconds);
const STEP_SAMPLES = 8_000;
const IDLE_MS = 2_000;

let doors: LiveDoors;

beforeAll(async () => {
  doors = await openLiveDoors({ diartIdleMs: IDLE_MS });
});

afterAll(() => doors.close());

/** The frames of the recording, made again from the sound and compared by their hashes. */
function recordedFrames(): string[] {
  return RECORDED.frames.map(({ characters, sha256 }, index) => {
    const block = Buffer.alloc(4 * STEP_SAMPLES);
    for (let i = 0; i < STEP_SAMPLES; i += 1) {
      const sample = 2 * (index * STEP_SAMPLES + i);
      if (sample < PCM.length) block.writeFloatLE(PCM.readInt16LE(sample) / 32_768, 4 * i);
    }
    const frame = block.toString('base64');
    expect(frame).toHaveLength(characters);
    expect(createHash('sha256').update(frame).digest('hex')).toBe(sha256);
    return frame;
  });
}

/** A socket as diart's client opens it, and what it is told. */
async function connect(path = '/') {
  const origin = `http://127.0.0.1:${doors.diartPort}`;
  const socket = new WebSocket(`ws://127.0.0.1:${doors.diartPort}${path}`, { headers: { origin } });
  let rttm = '';
  socket.on('message', (data) => (rttm += (data as Buffer).toString()));
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)));
  await once(socket, 'open');
  return { socket, rttm: () => rttm, closed };
}

const turnsOf = (rttm: string) => [...readRttm(rttm).values()].flat();
const untilOf = (rttm: string): number => Math.max(...turnsOf(rttm).map(({ endSeconds }) => endSeconds));

describe('the socket of diart', () => {
  it(
    'tells a recorded client everything, also the last half second, when it has fallen silent',
    { timeout: 90_000 },
    async () => {
      const { socket, rttm, closed } = await connect();
      for (const frame of recordedFrames()) socket.send(frame);
      expect(await closed).toBe(1000);
      const lines = rttm().trimEnd().split('\n');
      for (const line of lines)
        expect(line).toMatch(
          /^SPEAKER 127\.0\.0\.1:\d+ 1 \d+\.\d{3} \d+\.\d{3} <NA> <NA> speaker\d <NA> <NA>$/,
        );
      // Somebody speaks until the end of the sound.
      expect(untilOf(rttm())).toBeCloseTo(RECORDED.seconds, 0);
      // Nothing is told twice, and nothing is taken back.
      const turns = turnsOf(rttm());
      for (const speaker of new Set(turns.map((turn) => turn.speaker))) {
        const own = turns.filter((turn) => turn.speaker === speaker);
        for (const [index, turn] of own.entries())
          if (index > 0) expect(turn.startSeconds).toBeGreaterThanOrEqual(own[index - 1]!.endSeconds - 0.002);
      }
      await expect.poll(() => doors.rooms.count).toBe(0);
    },
  );

  it('takes raw samples of another rate from clients that say so', { timeout: 90_000 }, async () => {
    const { socket, rttm, closed } = await connect('/?sampleRate=8000');
    const bytes = Buffer.alloc(2 * Math.floor(PCM.length / 2));
    for (let i = 0; i < bytes.length / 4; i += 1) bytes.writeFloatLE(PCM.readInt16LE(4 * i) / 32_768, 4 * i);
    for (let start = 0; start < bytes.length; start += 20_000)
      socket.send(bytes.subarray(start, start + 20_000));
    expect(await closed).toBe(1000);
    expect(untilOf(rttm())).toBeCloseTo(RECORDED.seconds, 0);
  });

  it.each([
    ['says nothing', '/', undefined, 1000],
    ['sends what is no base64', '/', 'not base64!', 1007],
    ['sends half a sample', '/', 'AAAA', 1007],
    ['sends NaN', '/', Buffer.from(Float32Array.of(0, NaN).buffer).toString('base64'), 1007],
    ['has no rate', '/?sampleRate=many', undefined, 1003],
  ])('lets a client go that %s', { timeout: 30_000 }, async (_what, path, message, code) => {
    const { socket, closed, rttm } = await connect(path);
    if (message !== undefined) socket.send(message);
    expect(await closed).toBe(code);
    expect(rttm()).toBe('');
  });

  it('is for no page of another origin, and tells others what it expects', async () => {
    const headers = { origin: 'https://evil.example' };
    const socket = new WebSocket(`ws://127.0.0.1:${doors.diartPort}/`, { headers });
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1008);
    expect((await fetch(`http://127.0.0.1:${doors.diartPort}/`)).status).toBe(426);
  });

  const { path: python = '', missing } = pythonWith('diart', 'torch', 'websocket', 'sounddevice');
  if (missing !== '') console.log(`The real diart.client is not run: ${missing} (pip install diart==0.9.2).`);
  it.skipIf(missing !== '')('serves the real diart.client unchanged', { timeout: 240_000 }, async () => {
    const folder = temporaryFolder();
    const [recording, output] = [join(folder, 'talk.wav'), join(folder, 'told.rttm')];
    writeFileSync(recording, wavBytes({ data: PCM }));
    writeFileSync(output, '');
    const address = ['--host', '127.0.0.1', '--port', String(doors.diartPort)];
    const args = ['-m', 'diart.console.client', recording, ...address, '-o', output];
    // Its receiver ends with the server's close, and with a trace of it.
    await new Promise((resolve) => execFile(python, args, { timeout: 200_000 }, resolve));
    expect(untilOf(readFileSync(output, 'utf8'))).toBeCloseTo(RECORDED.seconds, 0);
  });
});
