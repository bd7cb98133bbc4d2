/** What `npm publish` would publish, installed in an empty project: it compiles there and does real work. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildDeclarations } from '../support/declarations.ts';
import { type EmptyProject, installInEmptyProject, pack } from '../support/empty-project.ts';
import { startLocalService } from '../support/local-service.ts';
import { voiceFile } from '../support/sample-voices.ts';

const archives = mkdtempSync(join(tmpdir(), 'colloquy-packed-'));
const ana = voiceFile(archives, 'ana', 2);

/** `using` compiles to ES2022 with a lib that knows it. */
const NODE = { lib: ['ES2022', 'ESNext.Disposable'], types: ['node'] };
const WAYS: [string, Record<string, unknown>][] = [
  ['node16', { ...NODE, module: 'node16', moduleResolution: 'node16' }],
  ['bundler', { ...NODE, module: 'esnext', moduleResolution: 'bundler' }],
];

const CLIENT = `
import { Colloquy, type Transcript } from 'PACKAGE';
import { verifyWebhook } from 'PACKAGE/webhook';
import { renderSrt } from 'PACKAGE/formats';
export async function program(baseUrl: string): Promise<void> {
  const client = new Colloquy({ endpointId: 'local', baseUrl, pollTiming: { firstDelayMs: 20 } });
  const transcript: Transcript = await client.transcribe('${ana}', { numSpeakers: 1 });
  console.log(renderSrt(transcript) === transcript.toSrt(), typeof verifyWebhook, transcript.toText());
}
program(process.argv[2]!);
`;
const LOCAL = `
import { openColloquy } from 'colloquy/local';
await using colloquy = await openColloquy();
const transcript = await colloquy.transcribe('${ana}', {
  numSpeakers: 1,
  onProgress: ({ stage }) => void stage.length,
});
console.log(transcript.toSrt());
`;
const LOCAL_FROM_COMMONJS = `
export async function program(): Promise<void> {
  const { openColloquy } = await import('colloquy/local');
  const colloquy = await openColloquy();
  console.log((await colloquy.loudness('${ana}')).durationSeconds);
  await colloquy.close();
}
void program();
`;
const CORE = `
import { openAudio, wordDiarizationError, writeRttm } from 'colloquy/core';
import { openStore } from 'colloquy/local';
import { openModelStore } from 'colloquy/models';
export const doors = [openAudio, writeRttm, wordDiarizationError, openStore, openModelStore];
`;
const WORKER = `
import { serveWorker } from 'colloquy/runpod';
process.exitCode = await serveWorker<{ name: string }>({ handler: ({ input }) => \`Hello, \${input.name}!\` });
`;
const FROM_S3 = `
import { openColloquy } from 'colloquy/local';
import { ColloquyError } from 'colloquy';
await using colloquy = await openColloquy();
await colloquy.loudness({ s3: { bucket: 'bucket', key: 'a.wav' } }).catch((error: unknown) => {
  if (error instanceof ColloquyError) console.log(error.name, error.code, error.message);
});
`;

function clientOf(name: string): Record<string, string> {
  const text = CLIENT.replaceAll('PACKAGE', name);
  return { 'client.mts': text, 'client.cts': text };
}

beforeAll(buildDeclarations);
afterAll(() => rmSync(archives, { recursive: true }));

describe('colloquy', async () => {
  await buildDeclarations();
  const installed = await installInEmptyProject(await pack('.', archives));
  const why = typeof installed === 'string' ? installed : undefined;
  const project = installed as EmptyProject;
  const sources = {
    ...clientOf('colloquy'),
    'local.mts': LOCAL,
    'local.cts': LOCAL_FROM_COMMONJS,
    'core.mts': CORE,
    'worker.mts': WORKER,
    's3.mts': FROM_S3,
  };
  if (why === undefined) project.write(sources);
  afterAll(() => why === undefined && project.remove());

  test.skipIf(why)('has nothing in it that belongs to the repository', () => {
    const inside = readdirSync(join(project.folder, 'node_modules/colloquy'));
    expect(inside.sort()).toEqual(['LICENSE', 'NOTICE', 'README.md', 'dist', 'models', 'package.json']);
  });

  test.skipIf(why).each(WAYS)('compiles, from ESM and from CommonJS: %s', async (way, options) => {
    // Bundlers know no CommonJS of TypeScript's kind.
    const files = Object.keys(sources).filter((name) => way !== 'bundler' || name.endsWith('.mts'));
    const outDir = way === 'bundler' ? 'bundled' : '.';
    expect(await project.compile({ ...options, outDir }, files)).toBe('');
  });

  test.skipIf(why)('works on this machine, from ESM and from CommonJS', async () => {
    const { stdout, stderr, code } = await project.node('local.mjs');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^1\n00:00:0.*\nSPEAKER_00: /);
    expect(code).toBe(0);
    const commonJs = await project.node('local.cjs');
    expect(commonJs.stderr).toBe('');
    expect(Number(commonJs.stdout)).toBeCloseTo(5.2, 1);
  });

  test.skipIf(why)('runs a worker of three lines', async () => {
    const input = JSON.stringify({ input: { name: 'Ana' } });
    const { stdout, code } = await project.node('worker.mjs', '--test_input', input);
    expect(stdout).toContain('{"output":"Hello, Ana!"}');
    expect(code).toBe(0);
  });

  test.skipIf(why)('is a command, which finds everything that it needs', async () => {
    const command = join(project.folder, 'node_modules/.bin/colloquy');
    const { stdout, code } = await project.node(command, 'doctor');
    expect(stdout).toMatch(
      /^note +the model whisper-base-q8 is not installed.*\n.*npm install colloquy-whisper-base$/m,
    );
    expect(stdout).not.toContain('MISSING');
    expect(code).toBe(0);
  });

  test.skipIf(why)('is platform, worker and client: a recording goes there and back', async () => {
    const command = join(project.folder, 'node_modules/.bin/colloquy');
    const platform = await startLocalService(['runpod-dev', '--port', '0'], { cwd: project.folder, command });
    try {
      for (const client of ['client.mjs', 'client.cjs']) {
        const { stdout, stderr } = await project.node(client, `${platform.url}/v2`);
        expect(stderr).toBe('');
        expect(stdout).toMatch(/^true function SPEAKER_00/);
      }
    } finally {
      await platform.stop();
    }
  });

  test.skipIf(why)('says what to install where S3 is used without its packages', async () => {
    rmSync(join(project.folder, 'node_modules/@aws-sdk'), { recursive: true });
    const advice = /npm install @aws-sdk\/client-s3 @aws-sdk\/s3-request-presigner/;
    const program = await project.node('s3.mjs');
    expect(program.stdout).toMatch(/^JobFailedError dependency_missing/);
    expect(program.stdout).toMatch(advice);
    const command = join(project.folder, 'node_modules/.bin/colloquy');
    const batch = await project.node(command, 'batch', 'run', 's3://bucket/', '--to', 'results/');
    expect(batch.stderr).toMatch(advice);
    expect((await project.node('worker.mjs', '--test_input', '{"input": {"name": "Ben"}}')).code).toBe(0);
  });
});

describe('colloquy-sdk', async () => {
  await buildDeclarations();
  const installed = await installInEmptyProject(await pack('./dist/colloquy-sdk', archives));
  const why = typeof installed === 'string' ? installed : undefined;
  const project = installed as EmptyProject;
  if (why === undefined) project.write(clientOf('colloquy-sdk'));
  afterAll(() => why === undefined && project.remove());

  test.skipIf(why)('brings nothing along', () => {
    const inside = readdirSync(join(project.folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(inside.filter((name) => name !== '@types')).toEqual(['colloquy-sdk']);
  });

  test.skipIf(why).each(WAYS)('compiles, from ESM and from CommonJS: %s', async (way, options) => {
    const files = way === 'bundler' ? ['client.mts'] : ['client.mts', 'client.cts'];
    const outDir = way === 'bundler' ? 'bundled' : '.';
    expect(await project.compile({ ...options, outDir }, files)).toBe('');
  });

  test.skipIf(why)('says what is wrong where nobody answers, from ESM and from CommonJS', async () => {
    for (const client of ['client.mjs', 'client.cjs']) {
      const { stderr, code } = await project.node(client, 'http://127.0.0.1:9/v2');
      expect(stderr).toContain('ConnectionError');
      expect(code).toBe(1);
    }
  });
});
