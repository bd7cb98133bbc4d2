import { lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readResultJson } from '../../../../core/formats/json.ts';
import { readRttm } from '../../../../core/formats/annotations/rttm.ts';
import type { DiarizationResult } from '../../../../core/result/result.ts';
import { encodeAudio } from '../../../support/encode-audio.ts';
import { runCli } from '../../../support/run-cli.ts';
import { sine } from '../../../support/signals.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { runCliHere } from '../../../support/warm-cli.ts';
import { int16Bytes, wavBytes } from '../../../support/wav-bytes.ts';

const SAMPLE = join(import.meta.dirname, '../../../../samples/two-speakers.wav');

/** The first seconds of the sample: speech of both speakers, quick to process. */
const SHORT = readFileSync(SAMPLE).subarray(44, 44 + 2 * 16_000 * 15);
const shortWav = wavBytes({ data: SHORT });

function withoutTimings(result: DiarizationResult): object {
  const { timings: _timings, ...rest } = result;
  return rest;
}

/** The built command, as a user starts it; the tests run the same code in this process. */
let expected: DiarizationResult;
beforeAll(async () => {
  const run = await runCli(['diarize', '-', '--format', 'json'], { input: shortWav });
  expect(run.stderr).toBe('');
  expected = readResultJson(run.stdout);
});

describe('colloquy diarize', () => {
  it('finds both speakers and tells models, provider and timings', () => {
    expect(expected.speakers.map(({ label }) => label)).toEqual(['SPEAKER_00', 'SPEAKER_01']);
    expect(expected).toMatchObject({ schemaVersion: 1, durationSeconds: 15, provider: 'cpu', warnings: [] });
    expect(expected.models.map(({ id }) => id)).toEqual(['pyannote-segmentation-3.0', 'campplus-zh-en']);
    expect(expected.timings).toHaveProperty('observeSeconds');
    for (const { confidence } of expected.turns) expect(confidence).toBeGreaterThan(0);
  });

  it('prints turns and a timeline without colours when stdout is no terminal, and nothing on stderr', async () => {
    const run = await runCliHere(['diarize', '-'], { input: shortWav });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^standard input {2}0:15 {2}2 speakers/);
    expect(run.stdout).not.toContain('\u001b[');
    const lanes = run.stdout.split('\n').filter((line) => line.startsWith('SPEAKER_'));
    expect(lanes).toHaveLength(2);
    expect(Math.max(...lanes.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('colours the timeline where FORCE_COLOR asks for it', async () => {
    const run = await runCliHere(['diarize', '-'], { input: shortWav, environment: { FORCE_COLOR: '1' } });
    expect(run.stdout).toContain('\u001b[36m');
  });

  it('gives the same result from a file, from stdin, with any number of threads, and from lossless compression', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'talk.wav'), shortWav);
    writeFileSync(join(folder, 'talk.flac'), encodeAudio(shortWav, 'flac'));
    for (const input of [['talk.wav'], ['talk.wav', '--threads', '3'], ['talk.flac']]) {
      const run = await runCliHere(['diarize', ...input, '--format', 'json'], { cwd: folder });
      expect(withoutTimings(readResultJson(run.stdout)), input.join(' ')).toEqual(withoutTimings(expected));
    }
  });

  it('writes the format that the ending of the output names, atomically and with nothing on stdout', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'talk.wav'), shortWav);
    for (const name of ['talk.rttm', 'talk.svg', 'talk.labels.txt']) {
      const run = await runCliHere(['diarize', 'talk.wav', '--output', name], { cwd: folder });
      expect(run).toEqual({ code: 0, stdout: '', stderr: '' });
    }
    expect(readdirSync(folder).sort()).toEqual(['talk.labels.txt', 'talk.rttm', 'talk.svg', 'talk.wav']);
    const turns = readRttm(readFileSync(join(folder, 'talk.rttm'), 'utf8')).get('talk');
    expect(turns).toHaveLength(expected.turns.length);
    expect(readFileSync(join(folder, 'talk.svg'), 'utf8')).toMatch(/^<svg|^<\?xml/);
  });

  it('keeps going after a failing input of several and ends with exit code 7', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.wav'), shortWav);
    writeFileSync(join(folder, 'b.wav'), 'no audio');
    writeFileSync(join(folder, 'c.wav'), shortWav);
    const run = await runCliHere(['diarize', 'a.wav', 'b.wav', 'c.wav', '--output', 'out/'], { cwd: folder });
    expect(run).toMatchObject({ code: 7, stdout: '' });
    expect(run.stderr).toMatch(
      /^colloquy: b\.wav: .+ \[unsupported_audio\]\ncolloquy: 1 of 3 inputs failed\n$/,
    );
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['a.json', 'c.json']);
    const results = ['a', 'c'].map((name) => readFileSync(join(folder, 'out', `${name}.json`), 'utf8'));
    expect(withoutTimings(readResultJson(results[1]!))).toEqual(withoutTimings(expected));
  });

  it('prints several results one after another: a JSON document a line, RTTM by recording', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.wav'), shortWav);
    writeFileSync(join(folder, 'b.wav'), shortWav);
    const json = await runCliHere(['diarize', 'a.wav', 'b.wav', '--format', 'json'], { cwd: folder });
    const lines = json.stdout.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { file: string }).file)).toEqual(['a.wav', 'b.wav']);
    const rttm = await runCliHere(['diarize', 'a.wav', 'b.wav', '--format', 'rttm'], { cwd: folder });
    expect([...readRttm(rttm.stdout).keys()]).toEqual(['a', 'b']);
  });

  it('tells its progress as JSON lines on stderr', async () => {
    const run = await runCliHere(['diarize', '-', '--format', 'rttm', '--progress', 'json'], {
      input: shortWav,
    });
    const lines = run.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines)
      expect(line).toMatchObject({ type: 'progress', index: 0, input: 'standard input' });
    expect(new Set(lines.map(({ stage }) => stage))).toEqual(new Set(['observe', 'resolve']));
  });

  it('honours the number of speakers, and warns when there are fewer', async () => {
    const one = await runCliHere(['diarize', '-', '--format', 'json', '--num-speakers', '1'], {
      input: shortWav,
    });
    expect(readResultJson(one.stdout).speakers).toHaveLength(1);
    const many = await runCliHere(['diarize', '-', '--format', 'json', '--num-speakers', '50'], {
      input: shortWav,
    });
    expect(many.code).toBe(0);
    expect(readResultJson(many.stdout).warnings.length).toBeGreaterThan(0);
    expect(many.stderr).toMatch(/^colloquy: standard input: warning: .+\n$/);
  });

  it('gives an empty result with a warning for silence', async () => {
    const input = wavBytes({ data: new Uint8Array(64_000) });
    const run = await runCliHere(['diarize', '-', '--format', 'json'], { input });
    expect(readResultJson(run.stdout)).toMatchObject({ durationSeconds: 2, turns: [], speakers: [] });
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining('No speech') as string });
  });

  it('gives a result for a tone, and for a recording shorter than any window', async () => {
    for (const samples of [sine(440, 3, { amplitude: 0.3 }), sine(440, 0.01)]) {
      const data = int16Bytes(...samples.map((value) => Math.round(value * 32_767)));
      const run = await runCliHere(['diarize', '-', '--format', 'json'], { input: wavBytes({ data }) });
      expect(run.code).toBe(0);
      expect(readResultJson(run.stdout).durationSeconds).toBe(samples.length / 16_000);
    }
  });

  it('writes into a device instead of replacing it', async () => {
    const args = ['diarize', '-', '--format', 'rttm', '--output', '/dev/null'];
    expect(await runCliHere(args, { input: shortWav })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('writes through a link to the file that it points to', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'real.rttm'), 'old');
    symlinkSync('real.rttm', join(folder, 'link.rttm'));
    await runCliHere(['diarize', '-', '--output', 'link.rttm'], { input: shortWav, cwd: folder });
    expect(lstatSync(join(folder, 'link.rttm')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'real.rttm'), 'utf8')).toMatch(/^SPEAKER stdin 1 /);
  });
});

describe('colloquy resolve', () => {
  it('clusters saved observations as diarize did, and anew with another number of speakers', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'talk.wav'), shortWav);
    const saved = await runCliHere(['diarize', 'talk.wav', '--save-observations', 'talk.observations'], {
      cwd: folder,
    });
    expect(saved).toMatchObject({ code: 0, stderr: '' });
    const resolve = async (...options: string[]) => {
      const run = await runCliHere(['resolve', 'talk.observations', '--format', 'json', ...options], {
        cwd: folder,
      });
      expect(run).toMatchObject({ code: 0, stderr: '' });
      return readResultJson(run.stdout);
    };
    const again = await resolve();
    expect(again.turns).toEqual(expected.turns);
    expect(again).toMatchObject({ provider: 'cpu', durationSeconds: 15 });
    expect((await resolve('--num-speakers', '1')).speakers).toHaveLength(1);
  });

  it('makes of parts, observed one by one, what diarize makes of the whole', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'talk.wav'), shortWav);
    const observe = (name: string, ...range: string[]) =>
      runCliHere(['diarize', 'talk.wav', '--observations-only', '--save-observations', name, ...range], {
        cwd: folder,
      });
    expect(await observe('2', '--from', '4')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const half = await runCliHere(['resolve', '2'], { cwd: folder });
    expect(half).toMatchObject({ code: 3, stderr: expect.stringContaining('from 0 to 4 s') as string });
    expect(await observe('1', '--to', '4')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const run = await runCliHere(['resolve', '2', '1', '--format', 'json'], { cwd: folder });
    expect(readResultJson(run.stdout)).toMatchObject({ turns: expected.turns, durationSeconds: 15 });
  });

  it.each([
    [['--from', '4'], /--observations-only/],
    [['--observations-only'], /--save-observations/],
    [['--observations-only', '--save-observations', 'x', '--format', 'rttm'], /--format belongs to a result/],
    [['--observations-only', '--save-observations', 'x', '--from', '0.5'], /multiple of 1 s/],
  ])('refuses %j with exit code 2', async (options, message) => {
    const run = await runCliHere(['diarize', 'talk.wav', ...options]);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(message);
  });

  it('keeps the observations of several inputs in a folder', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.wav'), shortWav);
    writeFileSync(join(folder, 'b.wav'), shortWav);
    const args = ['diarize', 'a.wav', 'b.wav', '--format', 'rttm', '--save-observations', 'kept'];
    expect(await runCliHere(args, { cwd: folder })).toMatchObject({ code: 0 });
    expect(readdirSync(join(folder, 'kept')).sort()).toEqual(['a.observations', 'b.observations']);
  });

  it.each([
    ['that is not there', 'nowhere.observations', 'file_not_found'],
    ['that is a folder', '.', 'file_not_readable'],
    ['of something else', 'talk.wav', 'invalid_file'],
  ])('refuses a file %s with exit code 3', async (_title, file, code) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'talk.wav'), shortWav);
    const run = await runCliHere(['resolve', file, '--num-speakers', '2'], { cwd: folder });
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toMatch(new RegExp(`^colloquy: .+\\[${code}\\]\n$`));
  });
});
