/** The whole programs of docs/examples/programs compile, and do their work: here, and against the local platform. */
import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type * as browser from '../../docs/examples/programs/browser.ts';
import type * as edgeFunction from '../../docs/examples/programs/edge-function.ts';
import { signWebhook, type WebhookHeaders } from '../../sdk/webhook.ts';
import { buildDeclarations } from '../support/declarations.ts';
import { compileDocumentation, documentedProgram } from '../support/documented-programs.ts';
import { type LocalService, startLocalService } from '../support/local-service.ts';
import { runProgram } from '../support/run-program.ts';
import { voiceFile } from '../support/sample-voices.ts';

const PROGRAMS = 'docs/examples/programs';
/** They run in browsers and edge runtimes: nothing of Node. */
const OF_THE_WEB = ['browser.ts', 'edge-function.ts'];
const names = readdirSync(PROGRAMS);

const folder = mkdtempSync(join(tmpdir(), 'colloquy-examples-'));
const ana = join(folder, 'meeting.m4a');
copyFileSync(voiceFile(folder, 'ana', 2), ana);
const environment = { PATH: process.env.PATH, HOME: folder, COLLOQUY_OFFLINE: '1' };

let platform: LocalService;
beforeAll(async () => {
  await buildDeclarations();
  platform = await startLocalService(['runpod-dev', '--port', '0'], { cwd: folder });
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

const programOf = (name: string): string =>
  documentedProgram(name, readFileSync(join(PROGRAMS, `${name}.ts`), 'utf8'));

function run(name: string, args: readonly string[], more: Record<string, string> = {}) {
  const env = { ...environment, ...more };
  return runProgram(process.execPath, [programOf(name), ...args], { cwd: folder, env });
}

test.each([
  ['node', names.filter((name) => !OF_THE_WEB.includes(name))],
  ['web', OF_THE_WEB],
] as const)('those for %s compile', async (runtime, files) => {
  const sources = Object.fromEntries(files.map((name) => [`${PROGRAMS}/${name}`, null]));
  expect(await compileDocumentation(sources, runtime)).toBe('');
});

test('the library writes subtitles, and says what is wrong with a file', async () => {
  const { stdout, stderr, code } = await run('local-library', ['meeting.m4a', 'meeting.srt']);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^SPEAKER_00: \d\.\d s\n$/);
  expect(stderr).toMatch(/^transcribe \d/m);
  expect(readFileSync(join(folder, 'meeting.srt'), 'utf8')).toMatch(/^1\n00:00:00,/);
  const missing = await run('local-library', ['nowhere.wav']);
  expect(missing.stderr).toMatch(/^nowhere\.wav: .* \[file_not_found\]$/m);
  expect(missing.code).toBe(1);
});

test('the client prints utterances while the worker is at it, then the whole', async () => {
  const { stdout, stderr, code } = await run('client', ['meeting.m4a'], {
    COLLOQUY_URL: `${platform.url}/v2`,
  });
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('SPEAKER_00');
  const [firstSentence] = stderr.trim().split('\n');
  expect(firstSentence).not.toBe('');
  expect(stdout.replace(/\s+/g, ' ')).toContain(firstSentence);
});

/** A program bundled for a runtime that has what all of them have, and nothing else. */
async function webProgram<Exports>(name: string): Promise<Exports> {
  const { outputFiles } = await build({
    entryPoints: [join(PROGRAMS, `${name}.ts`)],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'example',
    external: ['docx', 'runpod-sdk'],
    write: false,
    // What is built is bundled, not the sources that the compiler is pointed to.
    tsconfigRaw: {},
  });
  const web = {
    fetch,
    Request,
    Response,
    Headers,
    URL,
    URLSearchParams,
    Blob,
    File,
    FormData,
    ReadableStream,
  };
  const more = { AbortController, AbortSignal, crypto, TextEncoder, TextDecoder, performance, atob, btoa };
  const context = createContext({ ...web, ...more, setTimeout, clearTimeout });
  runInContext(outputFiles[0]!.text, context);
  return runInContext('example', context) as Exports;
}

test('the page shows sentences as they come, and subtitles in the end, from a server', async () => {
  const server = await startLocalService(['serve', '--port', '0'], { cwd: folder });
  try {
    const { subtitlesOf } = await webProgram<typeof browser>('browser');
    const sentences: string[] = [];
    const file = new File([readFileSync(ana)], 'ana.wav');
    const subtitles = await subtitlesOf(file, server.url, (sentence) => sentences.push(sentence));
    expect(subtitles).toMatch(/^WEBVTT\n/);
    expect(subtitles.replace(/\s+/g, ' ')).toContain(sentences.join(' ').slice(0, 20));
    expect(sentences.length).toBeGreaterThan(0);
  } finally {
    await server.stop();
  }
});

test('the edge function answers with turns, and with what is wrong', async () => {
  const { default: edge } = await webProgram<typeof edgeFunction>('edge-function');
  const settings = { RUNPOD_API_KEY: 'k', RUNPOD_ENDPOINT_ID: 'local', COLLOQUY_URL: `${platform.url}/v2` };
  const post = (body: Uint8Array<ArrayBuffer>) =>
    new Request('https://edge.example/', { method: 'POST', body });
  const answer = await edge.fetch(post(readFileSync(ana)), settings);
  expect(await answer.json()).toEqual(
    expect.arrayContaining([expect.objectContaining({ speaker: 'SPEAKER_00' })]),
  );
  const refusal = await edge.fetch(post(new TextEncoder().encode('no audio')), settings);
  expect(refusal.status).toBe(502);
  expect(await refusal.json()).toMatchObject({ code: 'unsupported_audio' });
  expect((await edge.fetch(new Request('https://edge.example/'), settings)).status).toBe(405);
});

test('the receiver believes what was signed, once, and nothing else', async () => {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const env = { ...environment, COLLOQUY_WEBHOOK_SECRET: secret, PORT: '0' };
  const child = spawn(process.execPath, [programOf('webhook-receiver')], { env });
  try {
    let heard = '';
    child.stdout.on('data', (piece: Buffer) => (heard += piece.toString()));
    await once(child.stdout, 'data');
    const port = /port (\d+)/.exec(heard)![1];
    const data = { jobId: 'job-1', task: 'transcribe' };
    const event = { schemaVersion: 1, type: 'job.completed', timestamp: new Date().toISOString(), data };
    const body = JSON.stringify(event);
    const send = async (headers: WebhookHeaders): Promise<number> => {
      const answer = await fetch(`http://127.0.0.1:${port}`, {
        method: 'POST',
        body,
        headers: { ...headers },
      });
      return answer.status;
    };
    const signed = await signWebhook({ id: 'message-1', body, secret });
    expect(await send(signed)).toBe(204);
    expect(await send(signed)).toBe(204);
    const forged = await signWebhook({ id: 'message-2', body, secret: randomBytes(32).toString('base64') });
    expect(await send(forged)).toBe(401);
    expect(heard.match(/^job\.completed job-1$/gm)).toHaveLength(1);
  } finally {
    child.kill();
  }
});

test('the worker refuses what callers must not reach, and its input is checked', async () => {
  const server = createServer((_, response) => response.end('bytes')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const job = (input: unknown): string[] => ['--test_input', JSON.stringify({ input })];
  const inside = await run('own-worker', job({ url: `http://127.0.0.1:${port}/secret` }));
  expect(inside.stdout).toContain('audio_url_forbidden');
  expect(inside.stdout).not.toContain(createHash('sha256').update('bytes').digest('hex'));
  const wrong = await run('own-worker', job({ address: 'x' }));
  expect(wrong.stdout).toContain('Expected input.url to be text; got undefined.');
  server.close();
});

test('each program is run by a test of this file', () => {
  const tested = ['browser', 'client', 'edge-function', 'local-library', 'own-worker', 'webhook-receiver'];
  expect(names.sort()).toEqual(tested.map((name) => `${name}.ts`));
});
