import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAudio } from '../../../core/audio/decode.ts';
import { encodeOpus } from '../../../core/audio/ffmpeg/encode-opus.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { startCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SAMPLE = join(import.meta.dirname, '../../../samples/library.wav');

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

async function samplesOf(path: string): Promise<Float32Array> {
  const { blocks } = await openAudio({ path, name: 'x' });
  const parts: number[] = [];
  for await (const block of blocks) parts.push(...block);
  return Float32Array.from(parts);
}

it('what browsers do not play comes as Opus, with ranges, at the same times', async () => {
  const aiff = join(temporaryFolder(), 'x.aiff');
  execFileSync('ffmpeg', ['-loglevel', 'error', '-i', SAMPLE, '-t', '6', aiff]);
  const reply = await fetch(`${url}/v1/recordings?name=x.aiff`, { method: 'POST', body: readFileSync(aiff) });
  const { id } = (await reply.json()) as { id: string };
  const path = `${url}/v1/recordings/${id}/audio?format=opus`;
  // Two who ask at once wait for one.
  const [first, second] = await Promise.all([fetch(path), fetch(path)]);
  expect(first.headers.get('content-type')).toBe('audio/ogg');
  const bytes = new Uint8Array(await first.arrayBuffer());
  expect(new Uint8Array(await second.arrayBuffer())).toEqual(bytes);
  expect(Buffer.from(bytes.subarray(0, 4)).toString()).toBe('OggS');
  const part = await fetch(path, { headers: { range: 'bytes=10-19' } });
  expect(part.status).toBe(206);
  expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20));

  const ogg = join(temporaryFolder(), 'x.ogg');
  writeFileSync(ogg, bytes);
  const [heard, original] = [await samplesOf(ogg), await samplesOf(aiff)];
  expect(Math.abs(heard.length - original.length)).toBeLessThan(320);
  // Opus changes samples, not when they are: at no other delay do the two fit better.
  const fit = (delay: number): number => {
    let sum = 0;
    for (let i = 8_000; i < 80_000; i += 1) sum += original[i]! * heard[i + delay]!;
    return sum;
  };
  const delays = Array.from({ length: 81 }, (_, index) => index - 40);
  const best = delays.reduce((a, b) => (fit(b) > fit(a) ? b : a));
  expect(Math.abs(best)).toBeLessThanOrEqual(16);
});

it('says what is wrong with another format, and with what is no recording any more', async () => {
  expect((await fetch(`${url}/v1/recordings/rec_aaaaaaaaaaaaaaaaaaaaaa/audio?format=opus`)).status).toBe(404);
  const reply = await fetch(`${url}/v1/recordings`, { method: 'POST', body: readFileSync(SAMPLE) });
  const { id } = (await reply.json()) as { id: string };
  const wrong = await fetch(`${url}/v1/recordings/${id}/audio?format=exe`);
  expect([wrong.status, ((await wrong.json()) as { code: string }).code]).toEqual([400, 'invalid_option']);
});

it('a sound that breaks off is told as what it is', async () => {
  async function* broken(): AsyncGenerator<Float32Array> {
    yield new Float32Array(16_000);
    await Promise.resolve();
    throw new InvalidInputError('corrupt_audio', 'It breaks off.');
  }
  const all = async (): Promise<void> => {
    for await (const _part of encodeOpus(broken(), { name: 'x' }));
  };
  await expect(all()).rejects.toThrow('It breaks off.');
});
