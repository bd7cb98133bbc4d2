/** Every example for the shell in the documentation runs, with the built command, servers of its own and real speech. */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtPath } from '../support/built.ts';
import { commandsOf, documentedBlocks, type DocumentedBlock } from '../support/documentation.ts';
import { type LocalService, startLocalService } from '../support/local-service.ts';
import { runProgram } from '../support/run-program.ts';
import { TWO_SPEAKERS, voiceFile } from '../support/sample-voices.ts';
import { wavBytes } from '../support/wav-bytes.ts';

/** What is not run, and why. */
const SKIPPED: readonly (readonly [RegExp, string])[] = [
  [/^npm (start|test|ci|run build)\b/, 'sets up, builds or tests this repository'],
  [/npm install /, 'installs: test/e2e/installed-package.test.ts does it'],
  [/example\.com/, 'names a recording in the network'],
  [/^(npx )?colloquy (serve|runpod-dev)\b/, 'serves until it is stopped: these tests start both'],
  [/wespeaker-/, 'needs a model that is downloaded'],
  [
    /whisper-medium|my-whisper/,
    'needs a model of the reader: test/handlers/cli/commands/models.test.ts has one',
  ],
  [/\bcolloquy batch watch /, 'watches until it is stopped: test/handlers/batch'],
  [
    /--preset ours\.json/,
    'its settings are written only where a gain is no luck, as with two recordings it is',
  ],
  [/\/edits\b/, 'needs a job that is not erased, and its ETag: test/handlers/server/serve.test.ts'],
  [/--edits edits\.json/, 'needs the edits of a reader: test/handlers/cli/commands/render.test.ts'],
  [/valkey-server |^COLLOQUY_QUEUE=/, 'needs a queue and buckets: test/handlers/batch/queue has both'],
  [
    /\bday\.wav|^colloquy resolve 1\.observations/,
    'needs hours: test/handlers/cli/commands/resolve.test.ts has parts',
  ],
  [/-F job=job_/, 'needs a job that is not erased: test/handlers/server/voice-routes.test.ts'],
  [/^RUNPOD_API_KEY=/, 'needs an account at RunPod and a bucket'],
];
const whyNot = (command: string): string | undefined =>
  SKIPPED.find(([pattern]) => pattern.test(command))?.[1];

const blocks = documentedBlocks().map((block) => ({ ...block, commands: commandsOf(block) }));
const shellBlocks = blocks.filter(({ commands }) => commands.length > 0);
const pages = [...new Set(shellBlocks.map(({ page }) => page))];

const folder = mkdtempSync(join(tmpdir(), 'colloquy-shell-'));
const environment = {
  PATH: `${join(folder, 'bin')}:${dirname(process.execPath)}:${process.env.PATH}`,
  HOME: folder,
  COLLOQUY_OFFLINE: '1',
};
let server: LocalService;

beforeAll(async () => {
  makeRecordings();
  mkdirSync(join(folder, 'bin'));
  const command = join(folder, 'bin/colloquy');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${builtPath('cli.js')}" "$@"\n`);
  chmodSync(command, 0o755);
  server = await startLocalService(['serve', '--port', '0'], { cwd: folder });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The recordings that the examples speak of: cuts of the samples under the names in the text. */
function makeRecordings(): void {
  cpSync('samples', join(folder, 'samples'), { recursive: true });
  for (const name of ['recordings', 'calls', 'tests', 'ref', 'hyp', 'truth']) mkdirSync(join(folder, name));
  const meeting = wavBytes({ data: readFileSync(TWO_SPEAKERS).subarray(44 + 32_000 * 18, 44 + 32_000 * 32) });
  for (const name of [
    'meeting.m4a',
    'meeting.wav',
    'lecture.mp4',
    'recordings/one.wav',
    'calls/one.wav',
    'calls/two.wav',
  ]) {
    writeFileSync(join(folder, name), meeting);
  }
  const rttm = (name: string): string =>
    `SPEAKER ${name} 1 0.000 6.800 <NA> <NA> ben <NA> <NA>\nSPEAKER ${name} 1 7.700 6.300 <NA> <NA> ana <NA> <NA>\n`;
  for (const part of ['ref', 'hyp', 'truth']) {
    for (const name of ['one', 'two']) writeFileSync(join(folder, part, `${name}.rttm`), rttm(name));
  }
  const voices = [
    ['ana', 0, 'ana-1.wav'],
    ['ana', 1, 'ana-2.wav'],
    ['ben', 0, 'ben.wav'],
    ['ana', 2, 'call.wav'],
    ['ana', 2, 'unknown.wav'],
    ['ana', 2, 'tests/Ana-1.wav'],
    ['ben', 1, 'tests/Ben-1.wav'],
  ] as const;
  for (const [who, part, name] of voices) copyFileSync(voiceFile(folder, who, part), join(folder, name));
}

/** What a page shows below a command with a prompt, as a pattern: … stands for what was left out. */
function shownOutput({ text }: DocumentedBlock, command: string): RegExp | undefined {
  if (!text.includes(`$ ${command}\n`) || !command.includes('samples/')) return undefined;
  const [, after = ''] = text.split(`$ ${command}\n`);
  const shown = after.split(/^\$ /m)[0]!.trim();
  const escaped = shown.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').trim());
  return new RegExp(`^${escaped.join('[^]*')}`);
}

test('there are examples on the pages that show the command, and each reason to skip is needed', () => {
  expect(pages).toEqual(
    expect.arrayContaining(['README.md', 'docs/cli.md', 'docs/server.md', 'docs/speakers.md']),
  );
  const all = shellBlocks.flatMap(({ commands }) => commands);
  const unused = SKIPPED.filter(([pattern]) => !all.some((command) => pattern.test(command)));
  expect(unused).toEqual([]);
  expect(all.filter((command) => whyNot(command) === undefined).length).toBeGreaterThan(30);
});

test.each(pages)('all examples of %s run', { timeout: 300_000 }, async (page) => {
  let jobId = 'job_…';
  for (const block of shellBlocks.filter((one) => one.page === page)) {
    // What one line sets, the next ones of its block have.
    const exported: Record<string, string> = {};
    for (const command of block.commands.filter((one) => whyNot(one) === undefined)) {
      const typed = command.replaceAll('http://127.0.0.1:8000', server.url).replaceAll('job_…', jobId);
      const variable = /^export (\w+)=(\S+)$/.exec(typed);
      if (variable !== null) {
        exported[variable[1]!] = variable[2]!;
        continue;
      }
      // A server that refuses answers in words, and so does curl.
      const run = typed.replace(/^curl /, 'curl -sS --fail-with-body ');
      const { code, stdout, stderr } = await runProgram('bash', ['-c', run], {
        cwd: folder,
        env: { ...environment, ...exported },
      });
      expect(code, `${page}:${block.line}: ${command}\n${stdout}${stderr}`).toBe(0);
      const shown = shownOutput(block, command);
      if (shown !== undefined) expect(stdout, `${page}:${block.line}: ${command}`).toMatch(shown);
      jobId = /"(?:task_)?id": ?"(job_[\w-]+)"/.exec(stdout)?.[1] ?? jobId;
    }
  }
});
