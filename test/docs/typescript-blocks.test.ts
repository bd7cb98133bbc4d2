/** Every TypeScript example of the documentation compiles with the real types, and runs. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildDeclarations } from '../support/declarations.ts';
import { compileDocumentation, documentedProgram } from '../support/documented-programs.ts';
import { documentedBlocks } from '../support/documentation.ts';
import { type LocalService, startLocalService } from '../support/local-service.ts';
import { runProgram } from '../support/run-program.ts';
import { TWO_SPEAKERS, voiceFile } from '../support/sample-voices.ts';

const BROWSER_SOCKET =
  "const socket = new WebSocket('wss://host/v1/live', ['colloquy.live.v1', `ticket.${ticket}`]);";

const BROWSER_MICROPHONE =
  '// In a page, whose backend passes POST /v1/live on with the key; without keys it is the server itself.';

/** Blocks that are compiled only, by how they begin, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "import { verifyWebhook } from 'colloquy-sdk/webhook';": 'two imports, which the compiler has looked at',
  [BROWSER_SOCKET]: 'a socket of a page: test/handlers/server has one',
  [BROWSER_MICROPHONE]: 'a microphone of a page: test/sdk/live/microphone.test.ts has one',
  "import runpodSdk from 'runpod-sdk';": 'names a recording in the network',
};

/** What a block takes from its reader, by how it begins (live.md has two), else by its page. */
const GIVEN: Readonly<Record<string, string>> = {
  'sdk/package/README.md': "const apiKey = 'any'; const endpointId = 'local';",
  'docs/live.md': `import { readFileSync } from 'node:fs';
    async function* sound() { yield readFileSync('call.wav').subarray(44); }
    const microphone = sound();`,
  [BROWSER_MICROPHONE]: `declare const location: { readonly origin: string };
    declare const stopButton: { onclick: () => void };
    declare function show(transcript: unknown): void;`,
  [BROWSER_SOCKET]: `declare const ticket: string;
    declare const context: { readonly sampleRate: number };
    declare const WebSocket: new (url: string, protocols: string[]) => { onopen: () => void; send(text: string): void };`,
};
const givenTo = ({ page, begins }: { readonly page: string; readonly begins: string }): string =>
  GIVEN[begins] ?? GIVEN[page] ?? '';

/** What a program that needs arguments gets. */
const ARGUMENTS: readonly string[] = ['--test_input', '{"input": {"name": "Ana", "count": 2}}'];

const blocks = documentedBlocks()
  .filter(({ language }) => language === 'ts')
  .map((block, index) => ({
    ...block,
    name: `block-${index}`,
    title: `${block.page}:${block.line}`,
    begins: block.text.split('\n')[0]!,
  }));
const runnable = blocks.filter(({ begins }) => NOT_RUN[begins] === undefined);

// Beside the platform's address, which is another one at every run.
const folder = mkdtempSync(join(tmpdir(), 'colloquy-documented-'));
let platform: LocalService;
let server: LocalService;
beforeAll(async () => {
  mkdirSync(join(folder, 'samples'));
  for (const name of ['meeting.m4a', 'samples/two-speakers.wav'])
    copyFileSync(TWO_SPEAKERS, join(folder, name));
  for (const [who, part, name] of [
    ['ana', 0, 'ana-1.wav'],
    ['ana', 1, 'ana-2.wav'],
    ['ana', 2, 'call.wav'],
  ] as const) {
    copyFileSync(voiceFile(folder, who, part), join(folder, name));
  }
  platform = await startLocalService(['runpod-dev', '--port', '0'], { cwd: folder });
  server = await startLocalService(['serve', '--port', '0'], { cwd: folder });
});
afterAll(async () => {
  await platform.stop();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('there are examples, none in a language that is not looked at, and all that are not run are there', () => {
  expect(blocks.length).toBeGreaterThan(7);
  expect(
    documentedBlocks().filter(
      ({ language }) => /^(js|tsx?|mjs|javascript|typescript)$/.test(language) && language !== 'ts',
    ),
  ).toEqual([]);
  const begins = blocks.map((block) => block.begins);
  expect(begins).toEqual(expect.arrayContaining(Object.keys(NOT_RUN)));
});

test('all compile', async () => {
  await buildDeclarations();
  const sources = blocks.map((block) => [`${block.name}.mts`, `${givenTo(block)}\n${block.text}`] as const);
  expect(await compileDocumentation(Object.fromEntries(sources), 'node')).toBe('');
});

test.each(runnable)('$title runs', async (block) => {
  const source = `${givenTo(block)}\n${block.text}`
    // Addresses with a version are the platform's, the others a server's.
    .replaceAll('http://127.0.0.1:8000/v2', `${platform.url}/v2`)
    .replaceAll('http://127.0.0.1:8000', server.url)
    // The client of RunPod's own endpoint is that of the platform here.
    .replace(
      'new Colloquy({ apiKey, endpointId })',
      `new Colloquy({ apiKey, endpointId, baseUrl: '${platform.url}/v2' })`,
    );
  const program = documentedProgram(block.name, source);
  const { stdout, stderr, code } = await runProgram(process.execPath, [program, ...ARGUMENTS], {
    cwd: folder,
  });
  expect(code, stderr).toBe(0);
  expect(stdout).not.toBe('');
});
