import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { renderResult } from '../../../../core/formats/index.ts';
import type { CliContext } from '../../../../handlers/cli/context.ts';
import { remoteCommand } from '../../../../handlers/cli/commands/remote.ts';
import { readConfig } from '../../../../handlers/setup/config.ts';
import { ERROR_MEANINGS } from '../../../../handlers/errors/error-mapping.ts';
import { toSpeechError } from '../../../../handlers/errors/to-speech-error.ts';
import { FakePlatform, complete, diarizeOutput, fail, transcribeOutput } from '../../../sdk/fake-platform.ts';

const platform = await FakePlatform.start();
const folder = await mkdtemp(join(tmpdir(), 'colloquy-test-'));
afterAll(() => {
  platform.close();
  return rm(folder, { recursive: true });
});
const talk = join(folder, 'talk.wav');
const second = join(folder, 'second.wav');
await writeFile(talk, 'one');
await writeFile(second, 'two');

beforeEach(() => platform.reset());

type Outcome = { readonly stdout: string; readonly stderr: string; readonly exitCode: number };

/** The command as `main.ts` runs it, with its streams caught. */
async function colloquy(
  args: readonly string[],
  options: { stdin?: Readable; signal?: AbortSignal } = {},
): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  let exitCode = 0;
  const context = {
    config: readConfig({
      COLLOQUY_BASE_URL: platform.baseUrl,
      RUNPOD_API_KEY: 'key',
      RUNPOD_ENDPOINT_ID: 'ep',
    }),
    stdin: options.stdin ?? Readable.from([]),
    stdout: {
      isTTY: false,
      write: (text: string, done?: () => void) => {
        stdout += text;
        done?.();
      },
    },
    stderr: { write: (text: string) => (stderr += text) },
    signal: options.signal ?? new AbortController().signal,
    setExitCode: (code: number) => (exitCode = code),
  } as unknown as CliContext;
  const command = remoteCommand(context).exitOverride();
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    const failure = toSpeechError(error);
    return { stdout, stderr: stderr + failure.message, exitCode: ERROR_MEANINGS[failure.code].exitCode };
  }
  return { stdout, stderr, exitCode };
}

function inputs(): { audio: unknown; options: unknown; task: string }[] {
  const runs = platform.requests.filter(({ route }) => route === 'run');
  return runs.map(({ body }) => (body as { input: never }).input);
}

describe('colloquy remote diarize', () => {
  test('prints what a local command would print', async () => {
    const { stdout, exitCode } = await colloquy([
      'diarize',
      talk,
      '--format',
      'rttm',
      '--num-speakers',
      '2',
      '--min-duration',
      '0.2',
    ]);
    expect(exitCode).toBe(0);
    const job = diarizeOutput() as { results: { result: never }[] };
    expect(stdout).toBe(renderResult(job.results[0]!.result, 'rttm', { recordingId: 'talk', title: 'talk' }));
    expect(inputs()).toMatchObject([
      { task: 'diarize', audio: { base64: 'b25l' }, options: { numSpeakers: 2, minDurationSeconds: 0.2 } },
    ]);
  });

  test('takes a URL and standard input, and names results after them without a query', async () => {
    const url = await colloquy(['diarize', 'https://example.com/a/call.wav?sig=SECRET', '--format', 'rttm']);
    expect(url.stdout).toContain('SPEAKER call 1');
    expect(url.stdout).not.toContain('SECRET');
    const stdin = await colloquy(['diarize', '-', '--format', 'rttm'], {
      stdin: Readable.from([Buffer.from('three')]),
    });
    expect(stdin.stdout).toContain('SPEAKER stdin 1');
    expect(inputs().map(({ audio }) => audio)).toEqual([
      { url: 'https://example.com/a/call.wav?sig=SECRET' },
      { base64: 'dGhyZWU=' },
    ]);
  });

  test('writes several results in the order of the inputs, each to its file', async () => {
    const output = join(folder, 'out/');
    await colloquy(['diarize', talk, second, '--output', output, '--format', 'rttm']);
    expect((await readdir(output)).sort()).toEqual(['second.rttm', 'talk.rttm']);
    expect(await readFile(join(output, 'second.rttm'), 'utf8')).toContain('SPEAKER second 1');
    platform.work = (job) => {
      if (job.id.startsWith('job-0') && job.looks < 3) return;
      complete(job, diarizeOutput());
    };
    platform.requests.length = 0;
    const { stdout } = await colloquy(['diarize', talk, second, '--format', 'json']);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { file: string }).file),
    ).toEqual([talk, second]);
  });

  test('goes on when one of several fails, and says so with exit code 7', async () => {
    const { stdout, stderr, exitCode } = await colloquy([
      'diarize',
      join(folder, 'missing.wav'),
      talk,
      '--format',
      'rttm',
    ]);
    expect(exitCode).toBe(7);
    expect(stdout).toContain('SPEAKER_00');
    expect(stderr).toContain('missing.wav');
    expect(stderr).toContain('1 of 2 inputs failed');
  });

  test.each<[string, () => unknown, string[], number, RegExp]>([
    ['a missing file', () => undefined, [join(folder, 'missing.wav')], 3, /There is no file/],
    [
      'a damaged recording',
      () => (platform.work = (job) => fail(job, '{"code":"corrupt_audio","message":"Bad."}')),
      [talk],
      3,
      /Bad\./,
    ],
    ['a wrong key', () => (platform.fault = () => ({ status: 401 })), [talk], 5, /API key/],
    [
      'contradictory bounds',
      () => undefined,
      [talk, '--num-speakers', '2', '--max-speakers', '3'],
      2,
      /contradict/,
    ],
    ['a name that is no endpoint', () => undefined, [talk, '--endpoint', '../x'], 2, /endpointId/],
    [
      'too little time',
      () => (platform.work = () => undefined),
      [talk, '--timeout', '0.1'],
      1,
      /longer than 100 ms/,
    ],
    ['two times standard input', () => undefined, ['-', '-'], 2, /only once/],
    [
      'a file over the limit',
      () => writeFile(join(folder, 'large.wav'), Buffer.alloc(7_000_001)),
      [join(folder, 'large.wav')],
      3,
      /upload/,
    ],
  ])('%s has the exit code that it has locally', async (_, prepare, args, exitCode, message) => {
    await prepare();
    const outcome = await colloquy(['diarize', ...args]);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stdout).toBe('');
  });

  test('cancels the job when it is interrupted', async () => {
    platform.work = (job) => void (job.status = 'IN_PROGRESS');
    const outcome = await colloquy(['diarize', talk], { signal: AbortSignal.timeout(100) });
    expect(outcome.exitCode).toBe(130);
    expect([...platform.jobs.values()].map(({ status }) => status)).toEqual(['CANCELLED']);
  });
});

describe('colloquy remote transcribe', () => {
  test('prints the transcript as text, with the options of the task', async () => {
    platform.work = (job) => complete(job, transcribeOutput());
    const { stdout } = await colloquy([
      'transcribe',
      talk,
      '--language',
      'en',
      '--task',
      'translate',
      '--no-diarize',
    ]);
    expect(stdout).toContain('Hello.');
    expect(inputs()).toMatchObject([
      { task: 'transcribe', options: { language: 'en', translate: true, diarize: false } },
    ]);
  });

  test('prints subtitles, as a local command would', async () => {
    platform.work = (job) => complete(job, transcribeOutput());
    const { stdout } = await colloquy(['transcribe', talk, '--format', 'srt']);
    const job = transcribeOutput() as { results: { result: never }[] };
    expect(stdout).toBe(renderResult(job.results[0]!.result, 'srt', { recordingId: 'talk', title: 'talk' }));
    expect(stdout).toContain('00:00:00,000 --> ');
  });

  test('writes the format that the ending of --output names, and several into a folder', async () => {
    platform.work = (job) => complete(job, transcribeOutput());
    const file = join(folder, 'talk.srt');
    expect(await colloquy(['transcribe', talk, '-o', file])).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await readFile(file, 'utf8')).toContain('00:00:00,000 --> ');
    const out = join(folder, 'several');
    await colloquy(['transcribe', talk, '-f', 'vtt,md', '-o', out]);
    expect((await readdir(out)).sort()).toEqual(['talk.md', 'talk.vtt']);
  });

  test('sends what a local command would find, and lays it out as one would', async () => {
    platform.work = (job) => complete(job, transcribeOutput());
    const { stdout } = await colloquy(
      'transcribe TALK -l en-GB --channels split --clip-timestamps 1-2.5,8- --no-word-timestamps --prompt Words --speakers SPEAKER_00=Ana -f vtt --no-speaker-names'
        .split(' ')
        .map((word) => (word === 'TALK' ? talk : word)),
    );
    expect(stdout).not.toContain('<v ');
    expect(inputs()[0]).toMatchObject({
      options: {
        language: 'en',
        channels: 'split',
        clips: [{ startSeconds: 1, endSeconds: 2.5 }, { startSeconds: 8 }],
        wordTimestamps: false,
        prompt: 'Words',
        speakerNames: { SPEAKER_00: 'Ana' },
      },
    });
  });

  test('prints utterances as they come, and writes the result that comes after them', async () => {
    const utterance = { speaker: null, startSeconds: 0, endSeconds: 1, text: 'Hello.', words: [] };
    platform.work = (job) => {
      job.status = 'IN_PROGRESS';
      if (job.looks === 0) job.stream.push({ schemaVersion: 1, type: 'utterance', index: 0, utterance });
      if (job.looks > 1) complete(job, transcribeOutput());
    };
    const { stdout, exitCode } = await colloquy(['transcribe', talk, '--stream']);
    expect({ stdout, exitCode }).toEqual({ stdout: '[00000.00-00001.00] Hello.\n', exitCode: 0 });
    expect(inputs()[0]).toMatchObject({ stream: true, options: { diarize: false } });
    platform.reset();
    const file = join(folder, 'streamed.srt');
    platform.work = (job) => complete(job, transcribeOutput());
    await colloquy(['transcribe', talk, '--stream', '-o', file]);
    expect(await readFile(file, 'utf8')).toContain('Hello.');
  });

  test('ends the job that it streams when its time is over', async () => {
    platform.work = (job) => void (job.status = 'IN_PROGRESS');
    const { exitCode } = await colloquy(['transcribe', talk, '--stream', '--timeout', '0.1']);
    expect(exitCode).toBe(ERROR_MEANINGS.deadline_exceeded.exitCode);
    expect(platform.routes()).toContain('cancel');
  });
});
