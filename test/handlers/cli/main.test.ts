import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { builtPath } from '../../support/built.ts';
import { childrenOf, isRunning, until } from '../../support/processes.ts';
import { endOf, runCli, startCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SAMPLE = readFileSync(join(import.meta.dirname, '../../../samples/two-speakers.wav'));

describe('colloquy', () => {
  it('prints its version and its help on stdout', async () => {
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
    for (const args of [['--help'], ['help'], ['diarize', '--help'], ['help', 'diarize']]) {
      const run = await runCli(args);
      expect(run, args.join(' ')).toMatchObject({ code: 0, stderr: '' });
      const example = args.includes('diarize')
        ? 'colloquy diarize meeting.wav'
        : 'colloquy transcribe meeting.m4a';
      expect(run.stdout.replace(/^Examples?:\n {2}/, '').split('\n')[0]).toBe(example);
      expect(run.stdout).toContain('Usage: colloquy');
    }
  });

  it('shows its commands on stderr when none is named', async () => {
    const run = await runCli([]);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/Commands:\n {2}transcribe[^\n]*\n {2}live[^\n]*\n {2}diarize/);
  });

  it.each([[['diarise', 'talk.wav']], [['--bad']], [['models', 'lisst']]])(
    'refuses %j with exit code 2 and one line',
    async (args) => {
      const run = await runCli(args);
      expect(run).toMatchObject({ code: 2, stdout: '' });
      expect(run.stderr).toMatch(/^colloquy: Unknown .+ See colloquy --help\. \[invalid_option\]\n$/);
    },
  );

  it('names an environment variable that is wrong', async () => {
    const run = await runCli(['models', 'list'], { environment: { COLLOQUY_THREADS: 'many' } });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/COLLOQUY_THREADS must be a whole number.+\[configuration_invalid\]\n$/);
  });

  it('ends quietly when the reader of its output goes away', async () => {
    const child = spawn(
      `"${process.execPath}" "${builtPath('cli.js')}" openapi | head -c 1; echo "\${PIPESTATUS[0]}"`,
      {
        shell: '/bin/bash',
      },
    );
    expect(await endOf(child)).toEqual({ code: 0, stdout: '{0\n', stderr: '' });
  });

  it('reports a full disk behind stdout', async () => {
    const child = spawn(process.execPath, [builtPath('cli.js'), 'openapi'], {
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    let stderr = '';
    child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^colloquy: Standard output cannot be written: the disk is full.+\[output_not_writable\]\n$/,
    );
  });
});

/** A run that is half-way through a recording whose rest never comes. */
async function halfWay(folder: string) {
  const child = startCli(
    ['diarize', '-', '--progress', 'json', '--output', 'result.json', '--save-observations', 'kept'],
    { cwd: folder },
  );
  const end = endOf(child);
  let said = '';
  child.stderr!.on('data', (text: string) => (said += text));
  child.stdin!.on('error', () => undefined);
  child.stdin!.write(SAMPLE.subarray(0, 44 + 2 * 16_000 * 30));
  await until('the run is half-way', () => said.includes('"stage":"observe"'));
  const engine = childrenOf(child.pid!);
  expect(engine).toHaveLength(1);
  expect(readdirSync(folder)).toHaveLength(2);
  return { child, end, engine: engine[0]! };
}

describe('colloquy diarize', () => {
  it('runs models in the engine only, so that its own event loop stays free', async () => {
    const { child, end, engine } = await halfWay(temporaryFolder());
    const loads = (processId: number) =>
      readFileSync(`/proc/${processId}/maps`, 'utf8').includes('libonnxruntime');
    expect(loads(engine)).toBe(true);
    expect(loads(child.pid!)).toBe(false);
    child.kill();
    await end;
  });
});

describe('colloquy diarize, stopped half-way', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'leaves no process and no file behind after %s, with exit code %i',
    async (signal, exitCode) => {
      const folder = temporaryFolder();
      const { child, end, engine } = await halfWay(folder);
      child.kill(signal);
      const run = await end;
      expect(run).toMatchObject({ code: exitCode, stdout: '' });
      expect(run.stderr.trimEnd().split('\n').at(-1)).toContain('"code":"canceled"');
      expect(isRunning(engine)).toBe(false);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('ends at once after a second SIGINT when the engine does not listen', async () => {
    const folder = temporaryFolder();
    const { child, end, engine } = await halfWay(folder);
    process.kill(engine, 'SIGSTOP');
    // Signals that come before the first one was seen would count as one.
    await until('the command has ended', () => !child.kill('SIGINT') || child.exitCode !== null);
    process.kill(engine, 'SIGCONT');
    expect(await end).toMatchObject({ code: 130 });
    await until('the engine has ended', () => !isRunning(engine));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes the engine with it when it is killed', async () => {
    const { child, engine } = await halfWay(temporaryFolder());
    child.kill('SIGKILL');
    await until('the engine has ended', () => !isRunning(engine));
  });

  it('reports a crash of the engine as such', async () => {
    const folder = temporaryFolder();
    const { end, engine } = await halfWay(folder);
    process.kill(engine, 'SIGSEGV');
    const run = await end;
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse(run.stderr.trimEnd().split('\n').at(-1)!)).toMatchObject({
      error: { code: 'engine_crashed', retryable: true },
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
