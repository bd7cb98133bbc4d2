import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePrograms, type BundledPrograms } from '../../../support/bundle-program.ts';
import { sharedPath } from '../../../support/shared.ts';

type Case = {
  case: string;
  argv: string[];
  env?: Record<string, string>;
  files?: Record<string, string>;
  exitCode: number;
  stdout: string[];
};

const file = sharedPath('data', 'runpod-golden', 'local-api', 'test-input.json');
const cases = file === undefined ? [] : (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases;

/** Cases whose recording has a handler of its own. */
const HANDLERS: Record<string, string> = {
  'generator handler': 'generator-sync',
  'async handler': 'async-handler',
};

/**
 * Lines that are not expected word for word: banners and help, the level that was set, values in Python's notation,
 * and those that stand for a traceback, in whose place ours has a sentence.
 */
const NOT_COMPARED =
  /Starting Serverless Worker|^usage|^ |^Runpod|^options|^$|Log level set|DEBUG|\{|^\}|Captured/;

let programs: BundledPrograms;
beforeAll(async () => {
  programs = await bundlePrograms({ 'local-program': 'test/handlers/runpod/golden/local-program.ts' });
});
afterAll(() => programs.remove());

describe.skipIf(file === undefined)('one job from the command line or from a file', () => {
  it.each(cases.map((recorded) => [recorded.case, recorded] as const))(
    'as recorded: %s',
    (name, recorded) => {
      const folder = mkdtempSync(join(tmpdir(), 'colloquy-test-input-'));
      for (const [path, text] of Object.entries(recorded.files ?? {}))
        writeFileSync(join(folder, path), text);
      const argv = [programs.path('local-program'), HANDLERS[name] ?? 'test-input', ...recorded.argv];
      const { status, stdout } = spawnSync(process.execPath, argv, {
        cwd: folder,
        env: { RUNPOD_LOG_LEVEL: 'INFO', ...recorded.env },
        encoding: 'utf8',
      });
      rmSync(folder, { recursive: true });
      expect(status, 'exit code').toBe(recorded.exitCode);
      const lines = stdout.split('\n').map(message);
      for (const line of recorded.stdout.map(message))
        if (!NOT_COMPARED.test(line)) expect(lines).toContain(line);
    },
  );

  it('runs a generator to its end, where the original prints the generator', () => {
    const argv = [programs.path('local-program'), 'generator-sync', '--test_input', '{"input":{"n":2}}'];
    const { stdout } = spawnSync(process.execPath, argv, { env: {}, encoding: 'utf8' });
    expect(stdout).toContain('Job result: {"output":[{"n":0},{"n":1}]}');
  });
});

/** The message of a log line, in either form. */
function message(line: string): string {
  if (!line.startsWith('{"requestId"')) return line;
  const { level, message: text } = JSON.parse(line) as { level: string; message: string };
  return `${level} ${text}`;
}
