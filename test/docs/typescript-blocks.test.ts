/** Every TypeScript example of the documentation compiles with the real types, and runs. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileDocumentation, documentedProgram } from '../support/documented-programs.ts';
import { documentedBlocks } from '../support/documentation.ts';
import { type LocalService, startLocalService } from '../support/local-service.ts';
import { runProgram } from '../support/run-program.ts';
import { TWO_SPEAKERS, voiceFile } from '../support/sample-voices.ts';

/** Blocks that are compiled only, by how they begin, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "import { verifyWebhook } from 'colloquy-sdk/webhook';": 'two imports, which the compiler has looked at',
  "import runpodSdk from 'runpod-sdk';": 'names a recording in the network',
};

/** What a block takes from its reader. */
const GIVEN: Readonly<Record<string, string>> = {
  'sdk/package/README.md': "const apiKey = 'any'; const endpointId = 'local';",
};

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
});
afterAll(async () => {
  await platform.stop();
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
  const sources = blocks.map(
    ({ name, page, text }) => [`${name}.mts`, `${GIVEN[page] ?? ''}\n${text}`] as const,
  );
  expect(await compileDocumentation(Object.fromEntries(sources), 'node')).toBe('');
});

test.each(runnable)('$title runs', async ({ name, page, text }) => {
  const source = `${GIVEN[page] ?? ''}\n${text}`
    .replaceAll('http://127.0.0.1:8000', platform.url)
    // The client of RunPod's own endpoint is that of the platform here.
    .replace(
      'new Colloquy({ apiKey, endpointId })',
      `new Colloquy({ apiKey, endpointId, baseUrl: '${platform.url}/v2' })`,
    );
  const program = documentedProgram(name, source);
  const { stdout, stderr, code } = await runProgram(process.execPath, [program, ...ARGUMENTS], {
    cwd: folder,
  });
  expect(code, stderr).toBe(0);
  expect(stdout).not.toBe('');
});
