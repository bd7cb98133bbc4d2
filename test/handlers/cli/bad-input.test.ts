import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasNvidiaDevice } from '../../../core/inference/execution-provider.ts';
import { runCli } from '../../support/run-cli.ts';
import { noise } from '../../support/signals.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCliHere } from '../../support/warm-cli.ts';
import { float32Bytes, int16Bytes, wavBytes } from '../../support/wav-bytes.ts';

const SAMPLE = join(import.meta.dirname, '../../../samples/two-speakers.wav');

/** One line on stderr that names the input, says what is wrong and ends with the code; nothing on stdout. */
function expectFailure(
  run: { code: number | null; stdout: string; stderr: string },
  exitCode: number,
  code: string,
) {
  expect(run, run.stderr).toMatchObject({ code: exitCode, stdout: '' });
  expect(run.stderr).toMatch(new RegExp(`^colloquy: .+ \\[${code}\\]\n$`));
}

const pcm = (...samples: number[]) => int16Bytes(...samples);
const speech = readFileSync(SAMPLE).subarray(44, 44 + 2 * 16_000 * 5);
const second = int16Bytes(...noise(16_000).map((value) => value * 1_000));

describe('colloquy diarize with a bad file', () => {
  it.each([
    ['an empty file', new Uint8Array(0), 'unsupported_audio'],
    ['a WAV file without samples', wavBytes(), 'audio_too_short'],
    ['a WAV header cut off', wavBytes({ data: second }).subarray(0, 30), 'corrupt_audio'],
    ['text named .wav', Buffer.from('This is no recording.\n'), 'unsupported_audio'],
    ['a playlist', Buffer.from('#EXTM3U\nhttp://127.0.0.1:9/a.ts\n'), 'unsupported_audio'],
    ['an SVG picture', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'unsupported_audio'],
    ['a concat script', Buffer.from('ffconcat version 1.0\nfile other.wav\n'), 'unsupported_audio'],
    ['65,535 channels', wavBytes({ channels: 65_535, data: second }), 'unsupported_audio'],
    ['1 Hz', wavBytes({ sampleRate: 1, data: second }), 'unsupported_audio'],
    ['no channels', wavBytes({ channels: 0, blockAlign: 2, data: second }), 'corrupt_audio'],
    ['a claim of 3 GB', wavBytes({ data: pcm(1, 2, 3), dataSize: 0xb000_0000 }), 'corrupt_audio'],
    ['NaN samples', wavBytes({ formatTag: 3, bits: 32, data: float32Bytes(0, NaN, 0) }), 'corrupt_audio'],
    ['infinite samples', wavBytes({ formatTag: 3, bits: 32, data: float32Bytes(Infinity) }), 'corrupt_audio'],
    ['random bytes', Buffer.from(noise(4_096).map((value) => value * 127)), 'unsupported_audio'],
  ])('refuses %s with exit code 3, and leaves nothing behind', async (_title, bytes, code) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'talk.wav'), bytes);
    const run = await runCliHere(['diarize', 'talk.wav', '--output', 'result.json'], { cwd: folder });
    expectFailure(run, 3, code);
    expect(run.stderr).toContain('talk.wav');
    expect(readdirSync(folder)).toEqual(['talk.wav']);
  });

  it.each([
    ['a file that is not there', 'nowhere.wav', 'file_not_found'],
    ['a folder', '.', 'file_not_readable'],
    ['a path below a file', join(SAMPLE, 'talk.wav'), 'file_not_found'],
  ])('refuses %s with exit code 3', async (_title, input, code) => {
    expectFailure(await runCliHere(['diarize', input], { cwd: temporaryFolder() }), 3, code);
  });

  it('reads bad audio from standard input no differently', async () => {
    expectFailure(await runCli(['diarize', '-'], { input: Buffer.from('no audio') }), 3, 'unsupported_audio');
    expectFailure(await runCliHere(['diarize', '-']), 3, 'unsupported_audio');
  });

  it('refuses a channel that the recording does not have', async () => {
    expectFailure(await runCliHere(['diarize', SAMPLE, '--channel', '1']), 2, 'invalid_option');
  });
});

describe('colloquy diarize with a bad command line', () => {
  it.each([
    [['--num-speakers', '0'], '--num-speakers takes a whole number from 1 to 1000, got "0"'],
    [['--num-speakers', '-1'], '--num-speakers takes a whole number from 1 to 1000, got "-1"'],
    [['--num-speakers', '1e9'], '--num-speakers takes a whole number from 1 to 1000, got "1e9"'],
    [['--num-speakers', '1000000000'], '--num-speakers takes a whole number'],
    [['--num-speakers', 'abc'], '--num-speakers takes a whole number from 1 to 1000, got "abc"'],
    [['--num-speakers='], '--num-speakers takes a whole number'],
    [['--min-speakers', '2.5'], '--min-speakers takes a whole number'],
    [['--min-speakers', '3', '--max-speakers', '2'], '--min-speakers 3 is above --max-speakers 2'],
    [['--num-speakers', '2', '--max-speakers', '3'], '--num-speakers says it all'],
    [['--min-duration', '-1'], '--min-duration takes seconds'],
    [['--min-duration', 'NaN'], '--min-duration takes seconds'],
    [['--channel', 'left'], '--channel takes "mix" or the number of a channel'],
    [['--threads', '0'], '--threads takes a whole number from 1 to 256'],
    [['--format', 'docx'], "argument 'docx' is invalid"],
    [['--provider', 'tpu'], "argument 'tpu' is invalid"],
    [['--preset', 'best'], 'There is no preset "best"; known are embedded'],
    [['--speakers', '2'], "Unknown option '--speakers'"],
    [['--output', 'result.docx'], 'The format docx needs words'],
    [['--output', 'result.xyz'], 'names no format; add --format'],
  ])('refuses %j with exit code 2 and says what it takes', async (options, message) => {
    const run = await runCliHere(['diarize', 'talk.wav', ...options]);
    expectFailure(run, 2, 'invalid_option');
    expect(run.stderr).toContain(message);
  });

  it('refuses what cannot be told apart or put together', async () => {
    expectFailure(await runCliHere(['diarize']), 2, 'invalid_option');
    expectFailure(await runCliHere(['diarize', '-', '-']), 2, 'invalid_option');
    expectFailure(await runCliHere(['diarize', 'a.wav', 'b.wav', '--format', 'svg']), 2, 'invalid_option');
    const folder = temporaryFolder();
    const same = await runCliHere(['diarize', 'a/talk.wav', 'b/talk.mp3', '--output', 'out/'], {
      cwd: folder,
    });
    expectFailure(same, 2, 'invalid_option');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(hasNvidiaDevice())('refuses a provider that is not there with exit code 4', async () => {
    expectFailure(await runCliHere(['diarize', SAMPLE, '--provider', 'cuda']), 4, 'provider_unavailable');
  });

  it('names the command that fetches a model which is not here', async () => {
    const environment = { COLLOQUY_CACHE: temporaryFolder(), HF_HUB_CACHE: temporaryFolder() };
    const run = await runCliHere(['diarize', SAMPLE, '--preset', 'pyannote-3.1'], { environment });
    expectFailure(run, 4, 'model_missing');
    expect(run.stderr).toContain('colloquy models pull');
  });

  it('refuses a model file with another checksum', async () => {
    const models = temporaryFolder();
    mkdirSync(join(models, 'wespeaker-voxceleb-resnet34-lm'));
    writeFileSync(join(models, 'wespeaker-voxceleb-resnet34-lm', 'voxceleb_resnet34_LM.onnx'), 'another');
    const run = await runCliHere(['diarize', SAMPLE, '--preset', 'pyannote-3.1'], {
      environment: { COLLOQUY_MODELS: models, COLLOQUY_CACHE: temporaryFolder() },
    });
    expectFailure(run, 4, 'model_checksum_mismatch');
  });

  it('tells errors as JSON lines where progress is JSON', async () => {
    const run = await runCli(['diarize', 'nowhere.wav', '--progress', 'json']);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(JSON.parse(run.stderr)).toMatchObject({
      schemaVersion: 1,
      type: 'error',
      error: { code: 'file_not_found', retryable: false },
      exitCode: 3,
    });
    const usage = await runCliHere(['diarize', 'talk.wav', '--progress=json', '--bad']);
    expect(JSON.parse(usage.stderr)).toMatchObject({ error: { code: 'invalid_option' }, exitCode: 2 });
  });
});

describe('colloquy diarize where the output cannot be written', () => {
  it.each([
    ['below a file', join(SAMPLE, 'result.json')],
    ['in a folder that is not there', join('missing', 'result.json')],
  ])('refuses an output %s before it works', async (_title, output) => {
    const folder = temporaryFolder();
    const run = await runCliHere(['diarize', SAMPLE, '--output', output], { cwd: folder });
    expectFailure(run, 3, 'output_not_writable');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses a folder of outputs that cannot be made', async () => {
    const run = await runCliHere(['diarize', SAMPLE, '--output', `${SAMPLE}/results/`]);
    expectFailure(run, 3, 'output_not_writable');
  });

  it('refuses observations that cannot be written', async () => {
    const run = await runCliHere(['diarize', SAMPLE, '--save-observations', join(SAMPLE, 'kept')]);
    expectFailure(run, 3, 'output_not_writable');
  });

  it('reports a full disk', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'talk.wav'), wavBytes({ data: speech }));
    const file = await runCli(['diarize', 'talk.wav', '--format', 'json', '--output', '/dev/full'], {
      cwd: folder,
    });
    expectFailure(file, 3, 'output_not_writable');
    expect(file.stderr).toContain('the disk is full');
    const kept = await runCliHere(['diarize', 'talk.wav', '--save-observations', '/dev/full'], {
      cwd: folder,
    });
    expectFailure(kept, 3, 'output_not_writable');
    expect(readdirSync(folder)).toEqual(['talk.wav']);
  });

  it('keeps the old result when the new one fails', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'out'));
    writeFileSync(join(folder, 'out', 'talk.json'), 'old');
    writeFileSync(join(folder, 'talk.wav'), 'no audio');
    const run = await runCliHere(['diarize', 'talk.wav', '--output', 'out'], { cwd: folder });
    expectFailure(run, 3, 'unsupported_audio');
    expect(readdirSync(join(folder, 'out'))).toEqual(['talk.json']);
    expect(readFileSync(join(folder, 'out', 'talk.json'), 'utf8')).toBe('old');
  });
});
