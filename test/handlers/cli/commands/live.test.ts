import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../../../core/result/live/live-events.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { voiceFile } from '../../../support/sample-voices.ts';
import { runCliHere } from '../../../support/warm-cli.ts';
import { wavBytes } from '../../../support/wav-bytes.ts';

const SECONDS = 5;
const speech = readFileSync(join(import.meta.dirname, '../../../../samples/two-speakers.wav')).subarray(
  44,
  44 + 2 * 16_000 * SECONDS,
);
const TURNS = ['--unpaced', '--tasks', 'diarize'];

/** A folder with the same sound as a WAV file, and as samples without a header. */
function recordings(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'talk.wav'), wavBytes({ data: speech }));
  writeFileSync(join(folder, 'talk.pcm'), speech);
  return folder;
}

describe('colloquy live', () => {
  it('writes the result at the end as diarize does, of a file, of raw samples and of standard input', async () => {
    const cwd = recordings();
    const offline = await runCliHere(['diarize', 'talk.wav', '--format', 'rttm'], { cwd });
    const file = await runCliHere(['live', 'talk.wav', ...TURNS, '--format', 'rttm'], { cwd });
    const raw = await runCliHere(['live', 'talk.pcm', ...TURNS, '--raw', 's16le', '--format', 'rttm'], {
      cwd,
    });
    const options = ['--tasks', 'diarize', '--format', 'rttm'];
    const stdin = await runCliHere(['live', '-', ...options], { input: readFileSync(join(cwd, 'talk.wav')) });
    expect([file.code, raw.code, stdin.code], file.stderr + raw.stderr + stdin.stderr).toEqual([0, 0, 0]);
    expect(offline.stdout).toMatch(/^SPEAKER talk 1 /);
    expect(file.stdout).toBe(offline.stdout);
    expect(raw.stdout).toBe(offline.stdout);
    expect(stdin.stdout).toBe(offline.stdout.replaceAll('SPEAKER talk ', 'SPEAKER stdin '));
  });

  it('prints turns where nothing is written down, and every event as a line', async () => {
    const cwd = recordings();
    const lines = await runCliHere(['live', 'talk.wav', ...TURNS], { cwd });
    expect(lines.stdout).toMatch(/^00:00 – 00:0\d S1\n/);
    const ndjson = await runCliHere(['live', 'talk.wav', ...TURNS, '--format', 'ndjson'], { cwd });
    const events = ndjson.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as LiveEvent);
    expect(events.at(-1)?.type).toBe('result');
    expect(new Set(events.map(({ type }) => type))).toContain('turn');
  });

  it('names people who were enrolled, as they speak and in the result, as diarize does', async () => {
    const folder = temporaryFolder();
    const voices = join(folder, 'voices');
    for (const [name, who] of [
      ['Ana', 'ana'],
      ['Ben', 'ben'],
    ] as const) {
      const enrolled = await runCliHere(['enroll', name, voiceFile(folder, who, 0), '--voices', voices]);
      expect(enrolled.code, enrolled.stderr).toBe(0);
    }
    const talk = voiceFile(folder, 'ben', 2);
    const options = ['--voices', voices, '--format'];
    const shown = await runCliHere(['live', talk, ...TURNS, ...options, 'text']);
    expect(shown.stdout, shown.stderr).toMatch(/^00:00 – 00:0\d Ben\n/);
    const live = await runCliHere(['live', talk, ...TURNS, ...options, 'rttm']);
    const offline = await runCliHere(['diarize', talk, ...options, 'rttm']);
    expect(offline.stdout).toContain(' Ben ');
    expect(live.stdout).toBe(offline.stdout);
    const nobody = await runCliHere(['live', talk, ...TURNS, '--voices', join(folder, 'nowhere')]);
    expect(nobody).toMatchObject({ code: 3, stdout: '' });
    expect(nobody.stderr).toContain('folder of voices does not exist');
  });

  it('tells speakers as diart does, and prints what was told', async () => {
    const folder = temporaryFolder();
    const talk = voiceFile(folder, 'ben', 0);
    const options = ['live', talk, '--unpaced', '--engine', 'diart', '--delta-new', '0.7', '--format'];
    const lines = await runCliHere([...options, 'text']);
    expect(lines.stdout, lines.stderr).toMatch(/^00:0\d – 00:\d\d S1\n/);
    const rttm = await runCliHere([...options, 'rttm']);
    const spoken = rttm.stdout
      .trimEnd()
      .split('\n')
      .map((line) => Number(line.split(' ')[4]));
    // He speaks alone for 10.6 s.
    expect(spoken.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThan(7);
    for (const wrong of [
      ['--tasks', 'transcribe'],
      ['--latency', '6'],
      ['--voices', folder],
      ['--remote', 'http://127.0.0.1:1'],
      ['--tau-active', '2'],
    ]) {
      const run = await runCliHere(['live', talk, '--engine', 'diart', ...wrong]);
      expect(run, wrong.join(' ')).toMatchObject({ code: 2, stdout: '' });
    }
    const ours = await runCliHere(['live', talk, '--delta-new', '1']);
    expect(ours).toMatchObject({ code: 2, stdout: '' });
  });

  it.each([
    ['a file that is not there', ['nowhere.wav'], 3, 'file_not_found'],
    ['raw samples that are not there', ['nowhere.pcm', '--raw', 's16le'], 3, 'file_not_found'],
    ['half a sample', ['talk.wav', ...TURNS, '--raw', 's16le', '--raw-channels', '7'], 3, 'corrupt_audio'],
    ['subtitles without words', ['talk.wav', ...TURNS, '--format', 'srt'], 2, 'invalid_option'],
    ['a latency of 99 s', ['talk.wav', '--latency', '99'], 2, 'invalid_option'],
    ['a server that is none', ['talk.wav', '--remote', 'not-a-url'], 2, 'invalid_option'],
    ['a server that is not there', ['talk.wav', '--remote', 'ws://127.0.0.1:1'], 5, 'remote_failed'],
  ])('refuses %s with one line', async (_title, args, exitCode, code) => {
    const run = await runCliHere(['live', ...args], { cwd: recordings() });
    expect(run, run.stderr).toMatchObject({ code: exitCode, stdout: '' });
    expect(run.stderr).toMatch(new RegExp(`^colloquy: .+ \\[${code}\\]\n$`));
  });
});
