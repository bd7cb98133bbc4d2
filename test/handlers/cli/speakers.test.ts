import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  compareResultSchema,
  detectSpeechResultSchema,
  embedResultSchema,
  identifyResultSchema,
  loudnessResultSchema,
  verifyResultSchema,
} from '../../support/contract-results.ts';
import { runCli } from '../../support/run-cli.ts';
import { TWO_SPEAKERS, voiceFile } from '../../support/sample-voices.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCliHere } from '../../support/warm-cli.ts';
import { wavBytes } from '../../support/wav-bytes.ts';

type Item = { input: string } & Record<string, unknown>;

describe('colloquy embed', () => {
  it('gives an array with the input of every vector, in the form of the contract', async () => {
    const folder = temporaryFolder();
    const inputs = [voiceFile(folder, 'ana', 2), voiceFile(folder, 'ben', 2)];
    const run = await runCli(['embed', ...inputs, '--format', 'json', '--windows']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const items = JSON.parse(run.stdout) as Item[];
    expect(items.map(({ input }) => input)).toEqual(inputs);
    for (const item of items) {
      const { embedding, windows, space } = embedResultSchema.parse(item);
      expect(space).toMatchObject({ model: 'campplus-zh-en', dimension: 192 });
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 6);
      // CAM++ hears up to 20 s at once.
      expect(windows).toHaveLength(1);
    }
  });

  it('takes a range, and standard input', async () => {
    const folder = temporaryFolder();
    const ranged = await runCliHere([
      'embed',
      TWO_SPEAKERS,
      '--start',
      '56',
      '--end',
      '61.2',
      '--format',
      'json',
    ]);
    expect((JSON.parse(ranged.stdout) as Item[])[0]).toMatchObject({ durationSeconds: 5.2 });
    const { readFileSync } = await import('node:fs');
    const piped = await runCliHere(['embed', '-'], { input: readFileSync(voiceFile(folder, 'ana', 2)) });
    expect(piped.stdout).toMatch(
      /^standard input: 192 values of campplus-zh-en \([0-9a-f]{8}\); \d\.\d s of speech/,
    );
  });

  it('goes on after an input that fails, and says so', async () => {
    const folder = temporaryFolder();
    const silence = join(folder, 'silence.wav');
    writeFileSync(silence, wavBytes({ data: new Uint8Array(64_000) }));
    const run = await runCliHere(['embed', silence, voiceFile(folder, 'ana', 2), '--format', 'json']);
    expect(run.code).toBe(7);
    expect(run.stderr).toMatch(/silence\.wav: .*at least 0\.5 s are needed.*\[insufficient_speech\]/);
    expect(JSON.parse(run.stdout)).toHaveLength(1);
    expect((await runCliHere(['embed', silence])).code).toBe(3);
  });

  it.each([
    [['--start', '5', '--end', '3'], 2],
    [['--start', '500'], 2],
    [['--start', '-1'], 2],
    [['--model', 'silero-vad'], 2],
    [['--model', 'none-such'], 2],
    [['--speech', 'ears'], 2],
  ])('refuses %j', async (options, code) => {
    const run = await runCliHere(['embed', TWO_SPEAKERS, ...options]);
    expect(run.code).toBe(code);
    expect(run.stdout).toBe('');
  });
});

describe('colloquy compare', () => {
  it('tells one speaker from two, and fails for two only when asked to', async () => {
    const folder = temporaryFolder();
    const [ana, again, ben] = [
      voiceFile(folder, 'ana', 0),
      voiceFile(folder, 'ana', 1),
      voiceFile(folder, 'ben', 0),
    ];
    const same = await runCli(['compare', ana, again, '--format', 'json', '--fail-on-mismatch']);
    expect(same.code).toBe(0);
    const result = compareResultSchema.parse(JSON.parse(same.stdout));
    expect(result).toMatchObject({ sameSpeaker: true, threshold: { scale: 'llr', value: 0 } });
    expect(result.quality).toHaveLength(2);
    const different = await runCliHere(['compare', ana, ben]);
    expect(different).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^two speakers: cosine/) as string,
    });
    expect((await runCliHere(['compare', ana, ben, '--fail-on-mismatch'])).code).toBe(6);
  });

  it('goes by the threshold of the caller, and refuses one without a scale or outside it', async () => {
    const folder = temporaryFolder();
    const pair = [voiceFile(folder, 'ana', 2), voiceFile(folder, 'ben', 2)];
    const strict = await runCliHere(['compare', ...pair, '--threshold', 'cosine:-1']);
    expect(strict.stdout).toMatch(/^one speaker: .*threshold cosine -1/);
    const wrong = [
      '0.5',
      'cosine:1.5',
      'probability:50',
      'probability:1',
      'llr:50',
      'llr:',
      'euclid:1',
      'llr:NaN',
    ];
    for (const threshold of wrong) {
      const run = await runCliHere(['compare', ...pair, '--threshold', threshold]);
      expect(run, threshold).toMatchObject({ code: 2, stdout: '' });
    }
    const normalized = await runCliHere(['compare', ...pair, '--threshold', 'as-norm:2']);
    expect(normalized.stdout).toMatch(/AS-norm -?\d+\.\d\d \(threshold as-norm 2\)/);
  }, 120_000);

  it('says which of the two is no sample', async () => {
    const folder = temporaryFolder();
    const silence = join(folder, 'silence.wav');
    writeFileSync(silence, wavBytes({ data: new Uint8Array(64_000) }));
    const run = await runCliHere(['compare', voiceFile(folder, 'ana', 0), silence]);
    expect(run).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/silence\.wav: .*\[insufficient_speech\]/) as string,
    });
  });
});

describe('colloquy enroll, verify, identify and diarize --voices', () => {
  it('learn voices and know them again', async () => {
    const folder = temporaryFolder();
    const voices = ['--voices', join(folder, 'voices')];
    for (const [name, who] of [
      ['Ana', 'ana'],
      ['Ben', 'ben'],
    ] as const) {
      const run = await runCliHere([
        'enroll',
        name,
        voiceFile(folder, who, 0),
        ...voices,
        '--format',
        'json',
      ]);
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(run.stdout)).toMatchObject({ name, sampleCount: 1, samples: [{ accepted: true }] });
    }
    const [ana, ben] = [voiceFile(folder, 'ana', 1), voiceFile(folder, 'ben', 1)];

    const verified = await runCliHere(['verify', '--voice', 'Ana', ana, ben, ...voices, '--format', 'json']);
    const verdicts = (JSON.parse(verified.stdout) as Item[]).map((item) => verifyResultSchema.parse(item));
    expect(verdicts.map(({ sameSpeaker }) => sameSpeaker)).toEqual([true, false]);
    expect((await runCliHere(['verify', '--voice', 'Ana', ben, ...voices, '--fail-on-mismatch'])).code).toBe(
      6,
    );

    const identified = await runCliHere(['identify', ana, ben, ...voices, '--format', 'json']);
    const found = (JSON.parse(identified.stdout) as Item[]).map((item) => identifyResultSchema.parse(item));
    expect(found.map(({ voice }) => voice)).toEqual(['Ana', 'Ben']);
    expect(found[0]!.candidates.map(({ voice }) => voice)).toEqual(['Ana', 'Ben']);

    await runCliHere(['voices', 'remove', 'Ben', ...voices]);
    const unknown = await runCliHere(['identify', ben, ...voices, '--fail-on-mismatch']);
    expect(unknown).toMatchObject({
      code: 6,
      stdout: expect.stringMatching(/^ben-1\.wav: unknown/) as string,
    });

    const named = await runCliHere(['diarize', TWO_SPEAKERS, ...voices, '--format', 'json']);
    const { speakers } = JSON.parse(named.stdout) as { speakers: { label: string; name?: string }[] };
    expect(speakers.map(({ label, name }) => name ?? label).sort()).toEqual(['Ana', 'SPEAKER_01']);
  }, 120_000);

  it('adds samples, leaves outliers out, and begins anew when told to', async () => {
    const folder = temporaryFolder();
    const voices = ['--voices', folder];
    const [first, second, other] = [
      voiceFile(folder, 'ana', 0),
      voiceFile(folder, 'ana', 1),
      voiceFile(folder, 'ben', 0),
    ];
    await runCliHere(['enroll', 'Ana', first, second, ...voices]);
    const more = await runCliHere(['enroll', 'Ana', other, ...voices]);
    expect(more.stdout).toMatch(/^Ana: 2 samples\n {2}ben-0\.wav: left out/);
    const anew = await runCliHere(['enroll', 'Ana', other, ...voices, '--replace', '--format', 'json']);
    expect(JSON.parse(anew.stdout)).toMatchObject({ sampleCount: 1 });
    const mixed = await runCliHere(['enroll', 'Both', first, other, ...voices]);
    expect(mixed).toMatchObject({ code: 3, stderr: expect.stringContaining('not of one voice') as string });
    expect((await runCliHere(['voices', 'list', ...voices])).stdout).not.toContain('Both');
  }, 120_000);

  it('takes other limits of quality, and refuses limits that are none', async () => {
    const folder = temporaryFolder();
    const ana = voiceFile(folder, 'ana', 2);
    const demanding = await runCliHere(['embed', ana, '--quality', 'min-speech=60,min-snr=-5']);
    expect(demanding.stderr).toMatch(/at least 60 s are needed.*\[insufficient_speech\]/);
    const enrolled = ['enroll', 'Ana', TWO_SPEAKERS, '--start', '56', '--end', '58.5', '--voices', folder];
    expect((await runCliHere(enrolled)).code).toBe(3);
    expect((await runCliHere([...enrolled, '--quality', 'min-speech=1'])).code).toBe(0);
    for (const limits of ['', 'min-speech', 'min-speech=0', 'speech=3', 'max-overlap=2', 'min-snr=1e3'])
      expect((await runCliHere(['embed', ana, '--quality', limits])).code, limits).toBe(2);
  }, 120_000);

  it('asks for a part of a recording', async () => {
    const folder = temporaryFolder();
    const voices = ['--voices', folder];
    await runCliHere(['enroll', 'Ana', voiceFile(folder, 'ana', 0), ...voices]);
    const part = [TWO_SPEAKERS, '--start', '56', '--end', '61.2', '--format', 'json'];
    for (const command of [['verify', '--voice', 'Ana'], ['identify']]) {
      const [item] = JSON.parse((await runCliHere([...command, ...part, ...voices])).stdout) as Item[];
      expect(item).toMatchObject({ durationSeconds: 5.2 });
    }
    const nobody = await runCliHere(['identify', ...part, ...voices, '--min-margin', '-1']);
    expect(nobody).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a number from 0 up') as string,
    });
  }, 120_000);

  it('enrols nothing where all recordings fail, and replaces a voice that is damaged', async () => {
    const folder = temporaryFolder();
    const silence = join(temporaryFolder(), 'silence.wav');
    writeFileSync(silence, wavBytes({ data: new Uint8Array(64_000) }));
    const failed = await runCliHere(['enroll', 'Ana', silence, silence, '--voices', folder]);
    expect(failed).toMatchObject({
      code: 7,
      stdout: '',
      stderr: expect.stringContaining('2 of 2 inputs failed') as string,
    });
    expect(readdirSync(folder)).toEqual([]);
    const ana = voiceFile(temporaryFolder(), 'ana', 0);
    await runCliHere(['enroll', 'Ana', ana, '--voices', folder]);
    writeFileSync(join(folder, readdirSync(folder)[0]!), '{');
    expect((await runCliHere(['enroll', 'Ana', ana, '--voices', folder])).code).toBe(3);
    expect((await runCliHere(['enroll', 'Ana', ana, '--voices', folder, '--replace'])).code).toBe(0);
  }, 120_000);

  it('refuses names that leave the folder, short samples, and voices that are not there', async () => {
    const folder = temporaryFolder();
    const [ana, silence] = [voiceFile(folder, 'ana', 2), join(folder, 'silence.wav')];
    writeFileSync(silence, wavBytes({ data: new Uint8Array(64_000) }));
    expect((await runCliHere(['enroll', '../Ana', ana, '--voices', folder])).code).toBe(2);
    expect(
      (await runCliHere(['enroll', 'Ana', TWO_SPEAKERS, '--start', '56', '--end', '57', '--voices', folder]))
        .code,
    ).toBe(3);
    expect((await runCliHere(['verify', '--voice', 'Ana', ana, '--voices', folder])).code).toBe(3);
    expect((await runCliHere(['identify', ana, '--voices', folder])).code).toBe(2);
    expect((await runCliHere(['identify', ana, '--voices', join(folder, 'none')])).code).toBe(3);
  }, 120_000);
});

describe('colloquy detect-speech', () => {
  it('gives segments and, on request, probabilities', async () => {
    const run = await runCliHere(['detect-speech', TWO_SPEAKERS, '--format', 'json', '--probabilities']);
    const [item] = JSON.parse(run.stdout) as [Item];
    const { segments, speechSeconds, durationSeconds, probabilities } = detectSpeechResultSchema.parse(item);
    expect(segments.length).toBeGreaterThan(5);
    expect(speechSeconds).toBeGreaterThan(50);
    expect(probabilities!.values).toHaveLength(Math.ceil(durationSeconds / 0.032));
  });

  it('finds nothing in silence, which is a result', async () => {
    const run = await runCliHere(['detect-speech', '-'], {
      input: wavBytes({ data: new Uint8Array(32_000) }),
    });
    expect(run).toMatchObject({ code: 0, stdout: 'standard input: 0.0 s of speech in 1.0 s\n' });
  });

  it.each([
    ['--threshold', '1.5'],
    ['--min-speech', '-1'],
    ['--padding', 'x'],
  ])('refuses %s %s', async (...options) => {
    expect((await runCliHere(['detect-speech', TWO_SPEAKERS, ...options])).code).toBe(2);
  });
});

describe('colloquy loudness', () => {
  it('measures levels in the form of the contract', async () => {
    const run = await runCliHere(['loudness', TWO_SPEAKERS, '--format', 'json']);
    const [item] = JSON.parse(run.stdout) as [Item];
    const { integratedLufs, truePeakDbtp, peakDbfs, meanAbsolute } = loudnessResultSchema.parse(item);
    expect(integratedLufs).toBeLessThan(-10);
    expect(truePeakDbtp).toBeGreaterThanOrEqual(peakDbfs!);
    expect(meanAbsolute).toBeGreaterThan(100);
  });

  it('has no levels for silence', async () => {
    const run = await runCliHere(['loudness', '-', '--format', 'json'], {
      input: wavBytes({ data: new Uint8Array(64_000) }),
    });
    expect((JSON.parse(run.stdout) as Item[])[0]).toMatchObject({
      rmsDbfs: null,
      peakDbfs: null,
      meanAbsolute: 0,
    });
  });

  it('measures a range', async () => {
    const run = await runCliHere([
      'loudness',
      TWO_SPEAKERS,
      '--start',
      '2',
      '--end',
      '4',
      '--format',
      'json',
    ]);
    expect((JSON.parse(run.stdout) as Item[])[0]).toMatchObject({ durationSeconds: 2 });
  });
});
