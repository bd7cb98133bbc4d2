/** Every task of `colloquy remote` against a server that runs: the same output and exit codes as the local command. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalService, startLocalService } from '../../../support/local-service.ts';
import type { CliRun } from '../../../support/run-cli.ts';
import { TWO_SPEAKERS, voiceFile } from '../../../support/sample-voices.ts';
import { runCliHere } from '../../../support/warm-cli.ts';
import { wavBytes } from '../../../support/wav-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'colloquy-test-'));
const here = join(folder, 'voices');
mkdirSync(here, { mode: 0o700 });
const ana = [0, 1].map((index) => voiceFile(folder, 'ana', index as 0 | 1));
const ben = voiceFile(folder, 'ben', 2);
const short = join(folder, 'two.wav');
writeFileSync(short, wavBytes({ data: readFileSync(TWO_SPEAKERS).subarray(44, 44 + 32_000 * 6) }));
const nothing = join(folder, 'nothing.wav');
writeFileSync(nothing, 'no sound');

let server: LocalService;
beforeAll(async () => {
  server = await startLocalService(['serve', '--port', '0', '--preload', '', '--quiet']);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const local = (...args: string[]): Promise<CliRun> => runCliHere(args, { cwd: folder });
const remote = (...args: string[]): Promise<CliRun> =>
  runCliHere(['remote', ...args], { cwd: folder, environment: { COLLOQUY_BASE_URL: server.url } });

/** What is found, without how long it took. */
function findings(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) => (key === 'timings' ? undefined : value));
}

describe('colloquy remote', () => {
  it.each([
    ['embed', [ana[0]!, ben, '--start', '1', '--end', '4.5', '--windows', '-f', 'json']],
    ['embed', [short, '--no-normalize', '--speech', 'vad']],
    ['compare', [ana[0]!, ben, '--threshold', 'probability:0.9', '--fail-on-mismatch']],
    ['detect-speech', [short, '--min-silence', '0.4', '--padding', '0', '--probabilities', '-f', 'json']],
    ['loudness', [short, '--start', '1', '-f', 'json']],
    // One of several that fails, and the code that says so.
    ['loudness', [nothing, short]],
    ['embed', [short, '--quality', 'min-speech=60']],
  ])('%s %j as the local command', async (task, args) => {
    const [there, here] = [await remote(task, ...args), await local(task, ...args)];
    expect(there.code, there.stderr).toBe(here.code);
    if (args.includes('json')) expect(findings(there.stdout)).toEqual(findings(here.stdout));
    else expect(there.stdout).toBe(here.stdout);
    // A server says nothing of what a file is called.
    expect(there.stderr).toBe(here.stderr.replace('nothing.wav is text', 'the recording is text'));
  });

  it('enrols, lists, verifies, identifies and names with the voices that the server keeps', async () => {
    const enrolled = await remote('enroll', 'Ana', ...ana);
    expect(enrolled.code, enrolled.stderr).toBe(0);
    const asLocal = await local('enroll', 'Ana', ...ana, '--voices', here);
    expect(enrolled.stdout).toBe(asLocal.stdout);
    expect((await remote('enroll', 'Ben', voiceFile(folder, 'ben', 1))).code).toBe(0);
    await local('enroll', 'Ben', voiceFile(folder, 'ben', 1), '--voices', here);
    expect((await remote('voices', 'list')).stdout).toBe(
      (await local('voices', 'list', '--voices', here)).stdout,
    );
    for (const [task, ...args] of [
      ['verify', '--voice', 'Ana', ben, '--fail-on-mismatch'],
      ['identify', ben, ana[1]!, '--candidates', '1', '--min-margin', '0.5'],
    ] as const) {
      const [there, asHere] = [await remote(task, ...args), await local(task, ...args, '--voices', here)];
      expect([there.code, there.stdout, there.stderr]).toEqual([asHere.code, asHere.stdout, asHere.stderr]);
    }
    const named = await remote('diarize', short, '--voices', 'server', '-f', 'rttm');
    expect(named.stdout).toBe((await local('diarize', short, '--voices', here, '-f', 'rttm')).stdout);
    expect(named.stdout).toMatch(/ (?:Ana|Ben) /);
    expect((await remote('voices', 'remove', 'Ben')).code).toBe(0);
    const gone = await remote('verify', '--voice', 'Ben', ben);
    expect([gone.code, gone.stderr]).toEqual([expect.any(Number), expect.stringContaining('"Ben"')]);
    expect(gone.code).not.toBe(0);
  });

  it('takes voices of this machine too: those of RunPod endpoints are nowhere else', async () => {
    const mine = join(folder, 'mine');
    mkdirSync(mine, { mode: 0o700 });
    const enrolled = await remote('enroll', 'Ana', ...ana, '--voices', mine);
    expect(enrolled.stdout).toBe(
      (await local('enroll', 'Ana', ...ana, '--voices', here, '--replace')).stdout,
    );
    const told = [
      await remote('identify', ben, '--voices', mine, '-f', 'json'),
      await local('identify', ben, '--voices', mine, '-f', 'json'),
    ] as const;
    expect(findings(told[0].stdout)).toEqual(findings(told[1].stdout));
    const folderOf = (run: CliRun): string => run.stdout.replace(/\d{4}-\d\d-\d\d/, '');
    expect(folderOf(await local('voices', 'list', '--voices', mine))).toContain('Ana: 2 samples');
    const unreadable = await remote('identify', ben, '--voices', join(folder, 'none'));
    expect(unreadable.code).not.toBe(0);
  });
});
