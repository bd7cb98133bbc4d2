/** Test 24 of the reliability list (issue 10): files that have ffmpeg fetch others, at every door. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalColloquy, openColloquy } from '../../handlers/local/index.ts';
import { type LocalService, startLocalService } from '../support/local-service.ts';
import { TWO_SPEAKERS } from '../support/sample-voices.ts';
import { runCliHere } from '../support/warm-cli.ts';

/** What is fetched, if anything is. */
const hits: string[] = [];
const canary = createServer(({ url }, response) => {
  hits.push(url ?? '');
  response.end('sound');
});
await new Promise<void>((listening) => canary.listen(0, '127.0.0.1', listening));
const address = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/secret.ts`;

const FORMS: [string, string][] = [
  ['a playlist of the network', `#EXTM3U\n#EXTINF:1,\n${address}\n#EXT-X-ENDLIST\n`],
  ['a playlist of a file', `#EXTM3U\n#EXTINF:1,\nfile://${TWO_SPEAKERS}\n#EXT-X-ENDLIST\n`],
  ['a playlist with a key', `#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="${address}"\n#EXTINF:1,\na.ts\n`],
  ['a script that joins a neighbour', 'ffconcat version 1.0\nfile sibling.wav\n'],
  ['a script that joins a path', `ffconcat version 1.0\nfile ${TWO_SPEAKERS}\n`],
  ['a script that joins the network', `ffconcat version 1.0\nfile ${address}\n`],
  ['a session description', `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n`],
  ['a DASH manifest', `<?xml version="1.0"?><MPD><Period><BaseURL>${address}</BaseURL></Period></MPD>`],
  ['a picture with a link', `<svg xmlns="http://www.w3.org/2000/svg"><image href="${address}"/></svg>`],
  ['a page of subtitles', `[Script Info]\nfile=${address}\n`],
];

const folder = mkdtempSync(join(tmpdir(), 'colloquy-fetching-'));
const work = join(folder, 'work');
let server: LocalService;
let platform: LocalService;
let colloquy: LocalColloquy;
beforeAll(async () => {
  mkdirSync(work);
  const options = { environment: { TMPDIR: work } };
  [server, platform, colloquy] = await Promise.all([
    startLocalService(['serve', '--port', '0'], options),
    startLocalService(['runpod-dev', '--port', '0'], options),
    openColloquy(),
  ]);
});
afterAll(async () => {
  await Promise.all([server.stop(), platform.stop(), colloquy.close()]);
  canary.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a door says of the bytes of a file; every one of them as a caller would give it. */
const DOORS: [string, (bytes: Buffer, path: string) => Promise<string>][] = [
  [
    'the command',
    async (_, path) => (await runCliHere(['transcribe', basename(path)], { cwd: folder })).stderr,
  ],
  [
    'the library',
    (_, path) =>
      colloquy.transcribe(path).then(
        () => 'text',
        (error: unknown) => JSON.stringify(error),
      ),
  ],
  [
    'the worker',
    async (bytes) => {
      const input = { task: 'transcribe', audio: { base64: bytes.toString('base64') } };
      return textOf(`${platform.url}/v2/local/runsync`, JSON.stringify({ input }), 'application/json');
    },
  ],
  ['the server', (bytes) => textOf(`${server.url}/v1/transcribe`, formOf(bytes))],
  ['the server, plain', (bytes) => textOf(`${server.url}/v1/transcribe`, bytes, 'audio/wav')],
  ["OpenAI's door", (bytes) => textOf(`${server.url}/v1/audio/transcriptions`, formOf(bytes, 'whisper-1'))],
];

function formOf(bytes: Buffer, model?: string): FormData {
  const form = new FormData();
  if (model !== undefined) form.set('model', model);
  form.set('file', new Blob([Uint8Array.from(bytes)]), 'talk.wav');
  return form;
}

async function textOf(url: string, body: string | FormData | Buffer, type?: string): Promise<string> {
  const headers = type === undefined ? {} : { 'content-type': type };
  const sent = Buffer.isBuffer(body) ? Uint8Array.from(body) : body;
  return (await fetch(url, { method: 'POST', body: sent, headers })).text();
}

describe.each(DOORS)('24: %s', (_, give) => {
  it.each(FORMS)('refuses %s, and fetches nothing', async (_name, text) => {
    const path = join(folder, 'talk.wav');
    writeFileSync(path, text);
    writeFileSync(join(folder, 'sibling.wav'), 'another caller’s');
    const said = await give(Buffer.from(text), path);
    expect(said).toContain('unsupported_audio');
    expect(said).not.toContain('sibling');
    expect(hits).toEqual([]);
    expect(readdirSync(work, { recursive: true }).filter((name) => /wav|audio/.test(String(name)))).toEqual(
      [],
    );
  });
});
