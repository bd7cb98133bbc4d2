import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { OUTPUT_FORMATS } from '../../../../core/formats/index.ts';
import { readResultJson } from '../../../../core/formats/json.ts';
import type { TranscriptResult } from '../../../../core/result/result.ts';
import { encodeAudio } from '../../../support/encode-audio.ts';
import { runCli } from '../../../support/run-cli.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { interleaved, libraryAsCall, librarySound } from '../../../support/two-channels.ts';
import { runCliHere } from '../../../support/warm-cli.ts';
import { wavBytes } from '../../../support/wav-bytes.ts';

/** Formats that have no place for speakers, and Word, which is compressed. */
const NAMELESS_FORMATS = ['docx', 'uem', 'ctm', 'tsv', 'openai-json', 'openai-verbose-json', 'whisperx-tsv'];

const SECONDS = 12;
/** The first three utterances of the sample. */
const shortWav = wavBytes({ data: interleaved([librarySound(SECONDS)]) });
const silentWav = wavBytes({ data: new Uint8Array(2 * 16_000 * 3) });

const readTranscript = (json: string) => readResultJson(json) as TranscriptResult;

function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

function withoutTimings({ timings: _timings, ...rest }: TranscriptResult): object {
  return rest;
}

/** The built command, as a user starts it; the tests run the same code in this process. */
let expected: TranscriptResult;
beforeAll(async () => {
  const run = await runCli(['transcribe', '-', '--format', 'json'], { input: shortWav });
  expect(run.stderr).toBe('');
  expected = readTranscript(run.stdout);
});

describe('colloquy transcribe', () => {
  it('times words anew by an aligner, and attributes them as other systems do', async () => {
    const aligner = join(import.meta.dirname, '../../../golden/transcription-graphs/ctc-aligner');
    const options = ['--align', aligner, '--attribution', 'nemo-anchor', '--format', 'json'];
    const run = await runCliHere(['transcribe', '-', ...options], { input: shortWav });
    const { models, words } = readTranscript(run.stdout);
    expect(models.map(({ id }) => id)).toContain('ctc-aligner');
    expect(words.map(({ text }) => text)).toEqual(expected.words.map(({ text }) => text));
    expect(words.map(({ startSeconds }) => startSeconds)).not.toEqual(
      expected.words.map(({ startSeconds }) => startSeconds),
    );
    expect(words.every(({ speaker }) => speaker !== null)).toBe(true);
  });

  it('refuses an aligner that there is not, and a model that is none', async () => {
    const missing = await runCliHere(['transcribe', '-', '--align', './nowhere'], { input: shortWav });
    expect(missing).toMatchObject({ code: 4, stderr: expect.stringContaining('model.onnx') });
    const wrong = await runCliHere(['transcribe', '-', '--align', 'silero-vad'], { input: shortWav });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('forced-alignment') });
  });

  it('writes down who said what, with models, provider and timings', () => {
    expect(expected.speakers.map(({ label }) => label)).toEqual(['SPEAKER_00', 'SPEAKER_01']);
    expect(expected.utterances.map(({ speaker }) => speaker)).toEqual([
      'SPEAKER_00',
      'SPEAKER_01',
      'SPEAKER_00',
    ]);
    expect(expected.utterances[0]!.text).toMatch(/^Good morning, shall we start with the budget/);
    expect(expected).toMatchObject({
      language: 'en',
      durationSeconds: SECONDS,
      provider: 'cpu',
      warnings: [],
    });
    expect(expected.models.map(({ id }) => id)).toEqual([
      'pyannote-segmentation-3.0',
      'campplus-zh-en',
      'moonshine-tiny',
      'silero-vad',
    ]);
    expect(expected.timings).toHaveProperty('transcribeSeconds');
  });

  it('prints paragraphs without colours where stdout is no terminal, with colours where they are asked for', async () => {
    const plain = await runCliHere(['transcribe', '-'], { input: shortWav });
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout).toMatch(/^SPEAKER_00 \(0:00\)\nGood morning, .+\n\nSPEAKER_01 \(0:03\)\nYes, /);
    expect(plain.stdout).not.toContain('\u001b[');
    const colours = await runCliHere(['transcribe', '-'], {
      input: shortWav,
      environment: { FORCE_COLOR: '1' },
    });
    expect(colours.stdout).toMatch(/^\u001b\[1;36mSPEAKER_00\u001b\[0m/);

    expect(colours.stdout.replace(/\u001b\[[\d;]*m/g, '')).toBe(plain.stdout);
  });

  it('writes every format at once, each under its own ending, with the names of the speakers', async () => {
    const folder = folderWith({ 'talk.wav': shortWav });
    const names = 'SPEAKER_00=Ana,SPEAKER_01=Ben';
    const args = ['transcribe', 'talk.wav', '--format', 'all', '--output', 'out', '--speakers', names];
    expect(await runCliHere(args, { cwd: folder })).toEqual({ code: 0, stdout: '', stderr: '' });
    const extensions = Object.values(OUTPUT_FORMATS).map(({ extension }) => `talk.${extension}`);
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(extensions.sort());
    for (const [format, { extension }] of Object.entries(OUTPUT_FORMATS)) {
      if (NAMELESS_FORMATS.includes(format)) continue;
      const text = readFileSync(join(folder, 'out', `talk.${extension}`), 'utf8');
      expect(text, format).toContain('Ana');
    }
    const json = readTranscript(readFileSync(join(folder, 'out', 'talk.json'), 'utf8'));
    expect(json.utterances).toEqual(expected.utterances);
    expect(json.speakers.map(({ name }) => name)).toEqual(['Ana', 'Ben']);
  });

  it('lays subtitles out as it is told', async () => {
    const run = await runCliHere(
      [
        'transcribe',
        '-',
        '--format',
        'srt',
        '--max-line-width',
        '20',
        '--max-line-count',
        '1',
        '--no-speaker-names',
        '--no-diarize',
      ],
      { input: shortWav },
    );
    const lines = run.stdout.split('\n').filter((line) => line !== '' && !/^\d+$|-->/.test(line));
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(20);
    const words = await runCliHere(
      ['transcribe', '-', '--format', 'vtt', '--highlight-words', '--no-diarize'],
      {
        input: shortWav,
      },
    );
    expect(words.stdout).toContain('<u>Good</u>');
  });

  it('keeps going after a failing input of several and ends with exit code 7', async () => {
    const folder = folderWith({
      'a.wav': shortWav,
      'b.wav': 'no audio',
      'c.flac': encodeAudio(shortWav, 'flac'),
    });
    const run = await runCliHere(
      ['transcribe', 'a.wav', 'b.wav', 'c.flac', '--format', 'json,srt', '--output', 'out/'],
      { cwd: folder },
    );
    expect(run).toMatchObject({ code: 7, stdout: '' });
    expect(run.stderr).toMatch(
      /^colloquy: b\.wav: .+ \[unsupported_audio\]\ncolloquy: 1 of 3 inputs failed\n$/,
    );
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['a.json', 'a.srt', 'c.json', 'c.srt']);
    const results = ['a', 'c'].map((name) =>
      withoutTimings(readTranscript(readFileSync(join(folder, 'out', `${name}.json`), 'utf8'))),
    );
    expect(results).toEqual([withoutTimings(expected), withoutTimings(expected)]);
  });

  it('streams utterances as lines or JSON, without speakers; the result goes to the output', async () => {
    const folder = folderWith({ 'talk.wav': shortWav });
    const lines = await runCliHere(['transcribe', 'talk.wav', '--stream', '--output', 'talk.json'], {
      cwd: folder,
    });
    expect(lines).toMatchObject({ code: 0, stderr: '' });
    expect(lines.stdout).toMatch(/^\[00000\.\d\d-000\d\d\.\d\d\] Good morning/);
    const kept = readTranscript(readFileSync(join(folder, 'talk.json'), 'utf8'));
    expect(withoutTimings(kept)).toEqual(withoutTimings(expected));
    const json = await runCliHere(
      ['transcribe', 'talk.wav', '--stream', '--format', 'json', '--no-diarize'],
      {
        cwd: folder,
      },
    );
    const events = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; utterance: { text: string; words: unknown[] } });
    for (const event of events)
      expect(event).toMatchObject({ type: 'utterance', index: 0, input: 'talk.wav' });
    const words = events.flatMap(({ utterance }) => utterance.text.split(' '));
    expect(words).toEqual(expected.words.map(({ text }) => text));
  });

  it('takes a call apart by its channels, whether asked to or by itself, and nothing twice', async () => {
    const call = wavBytes({ channels: 2, data: interleaved(libraryAsCall(SECONDS, 0.25)) });
    const found = await runCliHere(['transcribe', '-', '--format', 'json'], { input: call });
    const result = readTranscript(found.stdout);
    expect(result.models.map(({ id }) => id)).toEqual(['moonshine-tiny', 'silero-vad']);
    expect(result.utterances.map(({ speaker }) => speaker)).toEqual(
      expected.utterances.map(({ speaker }) => speaker),
    );
    expect(Math.abs(result.words.length - expected.words.length)).toBeLessThanOrEqual(3);
    const asked = await runCliHere(['transcribe', '-', '--format', 'json', '--channels', 'split'], {
      input: call,
    });
    expect(withoutTimings(readTranscript(asked.stdout))).toEqual(withoutTimings(result));
  });

  it('takes two equal channels as one', async () => {
    const sound = librarySound(SECONDS);
    const run = await runCliHere(['transcribe', '-', '--format', 'json'], {
      input: wavBytes({ channels: 2, data: interleaved([sound, sound]) }),
    });
    expect(withoutTimings(readTranscript(run.stdout))).toEqual(withoutTimings(expected));
  });

  it('hears channels that are opposite in phase, and says so', async () => {
    const sound = librarySound(SECONDS);
    const data = interleaved([sound, sound.map((value) => -value)]);
    const run = await runCliHere(['transcribe', '-', '--format', 'json'], {
      input: wavBytes({ channels: 2, data }),
    });
    const { words, warnings } = readTranscript(run.stdout);
    expect(words).toEqual(expected.words);
    expect(warnings.map(({ code }) => code)).toEqual(['opposite_channels']);
    expect(run.stderr).toContain('opposite in phase');
  });

  it('says that channels which are to be speakers hold the same', async () => {
    const sound = librarySound(5);
    const options = ['--channels', 'split', '--format', 'json'];
    const run = await runCliHere(['transcribe', '-', ...options], {
      input: wavBytes({ channels: 2, data: interleaved([sound, sound]) }),
    });
    const { warnings } = readTranscript(run.stdout);
    expect(warnings.map(({ code }) => code)).toEqual(['equal_channels']);
    expect(run.stderr).toContain('Channels 0 and 1 hold the same sound');
  });

  it('recognises only the clips, leaves speakers out where nobody asks, and gives telephone audio its words', async () => {
    const clip = await runCliHere(
      ['transcribe', '-', '--format', 'json', '--clip-timestamps', '9-12', '--no-diarize'],
      {
        input: shortWav,
      },
    );
    const { utterances, speakers } = readTranscript(clip.stdout);
    expect(utterances.map(({ text }) => text)).toEqual(['What did the builder tell you yesterday?']);
    expect([speakers, utterances[0]!.speaker]).toEqual([[], null]);
    const phone = encodeAudio(shortWav, 'wav', '-ar', '8000', '-acodec', 'pcm_mulaw');
    const run = await runCliHere(['transcribe', '-', '--format', 'json'], { input: phone });
    const heard = readTranscript(run.stdout);
    expect(heard.words.length).toBeGreaterThan(0.8 * expected.words.length);
    expect(heard.words.some(({ text }) => text.startsWith('builder'))).toBe(true);
  });

  it('gives whole pieces of text without word times, and pauses above the threshold', async () => {
    const run = await runCliHere(
      ['transcribe', '-', '--format', 'json', '--no-word-timestamps', '--no-diarize'],
      {
        input: shortWav,
      },
    );
    const { words, utterances } = readTranscript(run.stdout);
    expect(words).toEqual([]);
    expect(utterances.length).toBeGreaterThan(0);
    const paused = await runCliHere(
      ['transcribe', '-', '--format', 'json', '--pause-threshold', '0.3', '--no-diarize'],
      {
        input: shortWav,
      },
    );
    const { pauses } = readTranscript(paused.stdout);
    expect(pauses.length).toBeGreaterThan(0);
    for (const { startSeconds, endSeconds } of pauses)
      expect(endSeconds - startSeconds).toBeGreaterThanOrEqual(0.3);
  });

  it('takes silence as a transcript without words', async () => {
    const run = await runCliHere(['transcribe', '-', '--format', 'json'], { input: silentWav });
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(/no speech/i);
    expect(readTranscript(run.stdout)).toMatchObject({ utterances: [], words: [], pauses: [], speakers: [] });
    expect((await runCliHere(['transcribe', '-'], { input: silentWav })).stdout).toBe('(no speech)\n');
  });

  it('tells names of speakers that are not there, and keeps the transcript', async () => {
    const run = await runCliHere(['transcribe', '-', '--speakers', 'SPEAKER_00=Ana,SPEAKER_09=Zoe'], {
      input: shortWav,
    });
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^Ana \(0:00\)\n/);
    expect(run.stderr).toMatch(/warning: Names were given for speakers that are not there/);
  });

  it.each([
    [['--model', 'moonshine-tiny', '--language', 'fi'], /moonshine-tiny knows en, not "fi"/],
    [['--language', 'English!'], /--language takes auto, mixed or the code/],
    [['--model', 'moonshine-tiny', '--task', 'translate'], /moonshine-tiny can transcribe, not translate/],
    [['--model', 'ge2e'], /ge2e is no recogniser/],
    [['--model', 'nonsense'], /nonsense/],
    [['--clip-timestamps', '9-3'], /--clip-timestamps takes/],
    [['--format', 'srt,nonsense', '--output', 'x/'], /Expected a format out of/],
    [['--format', 'srt,vtt'], /need --output FOLDER/],
    [['--stream', '--format', 'srt'], /--stream prints lines/],
    [['--num-speakers', '2', '--min-speakers', '1'], /contradict/],
    [['--speakers', 'nonsense'], /Expected speaker names/],
    [['-'], /only once/],
  ])('ends with exit code 2 for %j', async (args, message) => {
    const run = await runCliHere(['transcribe', '-', ...args], { input: shortWav, cwd: temporaryFolder() });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(message);
  });

  it('ends with exit code 3 for a file that is missing or no recording', async () => {
    const folder = folderWith({ 'b.wav': 'no audio' });
    expect((await runCliHere(['transcribe', 'a.wav'], { cwd: folder })).code).toBe(3);
    expect((await runCliHere(['transcribe', 'b.wav'], { cwd: folder })).code).toBe(3);
  });
});
