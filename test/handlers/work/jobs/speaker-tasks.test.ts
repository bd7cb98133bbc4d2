import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, startEngine } from '../../../../handlers/setup/composition.ts';
import { readConfig } from '../../../../handlers/setup/config.ts';
import { createAudioFetcher } from '../../../../handlers/work/fetch-audio/index.ts';
import type { JobServices } from '../../../../handlers/work/jobs/job-services.ts';
import { runJob } from '../../../../handlers/work/jobs/run-job.ts';
import { jobResultSchema } from '../../../../sdk/contract/index.ts';
import { TWO_SPEAKERS, voiceFile } from '../../../support/sample-voices.ts';
import { wavBytes } from '../../../support/wav-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'colloquy-test-'));
const base64 = (path: string) => ({ base64: readFileSync(path).toString('base64') });
const [ana, again, ben, both] = [
  base64(voiceFile(folder, 'ana', 0)),
  base64(voiceFile(folder, 'ana', 1)),
  base64(voiceFile(folder, 'ben', 0)),
  base64(TWO_SPEAKERS),
];
const silence = { base64: Buffer.from(wavBytes({ data: new Uint8Array(64_000) })).toString('base64') };
const empty = { base64: Buffer.from(wavBytes({ data: new Uint8Array(0) })).toString('base64') };

type Space = { model: string; fingerprint: string; dimension: number };
type Embedded = { space: Space; embedding: number[]; quality: { reasons: string[] }; windows?: unknown[] };

let services: JobServices;
let voices: { name: string; space: Space; embedding: number[] }[];

beforeAll(async () => {
  const config = readConfig();
  services = {
    engine: await startEngine(config),
    models: openStore(config),
    fetcher: createAudioFetcher(),
    audioLimits: config.audioLimits,
  };
  voices = [];
  for (const [name, audio] of [
    ['Ana', ana],
    ['Ben', ben],
  ] as const) {
    const { space, embedding } = await resultOf<Embedded>({ task: 'embed', audio });
    voices.push({ name, space, embedding });
  }
});

afterAll(async () => {
  await services.engine.close();
  await services.fetcher.close();
  rmSync(folder, { recursive: true });
});

async function run(input: object): Promise<unknown> {
  const context = {
    requestId: 'job',
    signal: new AbortController().signal,
    progress: () => undefined,
    onEvent: () => undefined,
  };
  return JSON.parse(JSON.stringify(await runJob(input, services, context)));
}

/** The result of a job that must keep to the contract. */
async function resultOf<T>(input: object): Promise<T> {
  const value = await run(input);
  expect(jobResultSchema.safeParse(value).error).toBeUndefined();
  return (value as { results: [{ result: T }] }).results[0].result;
}

describe('jobs about voices', () => {
  it('embed a recording, a part of it, and its windows', async () => {
    const part = { startSeconds: 56, endSeconds: 61.2 };
    const options = { range: part, includeWindows: true, normalize: false, speech: 'vad' };
    const result = await resultOf<Embedded>({ task: 'embed', audio: both, options });
    expect(Math.hypot(...result.embedding)).toBeGreaterThan(2);
    expect(result.windows).toHaveLength(1);
    expect(result).toMatchObject({
      durationSeconds: 5.2,
      space: { model: 'campplus-zh-en', dimension: 192 },
    });
    const partials = await resultOf<Embedded>({
      task: 'embed',
      audio: both,
      options: { ...options, model: 'ge2e' },
    });
    expect(Math.hypot(...partials.embedding)).toBeLessThan(0.999);
    expect(partials.windows!.length).toBeGreaterThan(1);
    expect(partials).toMatchObject({ durationSeconds: 5.2, space: { model: 'ge2e', dimension: 256 } });
  });

  it('compare, verify and identify as the contract says', async () => {
    expect(await resultOf({ task: 'compare', audio: [ana, again] })).toMatchObject({ sameSpeaker: true });
    const threshold = { scale: 'as-norm', value: 3 };
    expect(await resultOf({ task: 'compare', audio: [ana, ben], options: { threshold } })).toMatchObject({
      sameSpeaker: false,
      threshold,
      normalizedScore: expect.any(Number) as number,
    });
    const [known] = voices;
    expect(await resultOf({ task: 'verify', audio: again, options: { voice: known } })).toMatchObject({
      sameSpeaker: true,
      voice: 'Ana',
    });
    expect(await resultOf({ task: 'identify', audio: again, options: { voices } })).toMatchObject({
      voice: 'Ana',
      scale: 'llr',
    });
    const options = { voices: voices.slice(1) };
    expect(await resultOf({ task: 'identify', audio: again, options })).toMatchObject({ voice: null });
  });

  it('take the limits of quality of the caller, or a poor sample as it is', async () => {
    const qualityLimits = { minSpeechSeconds: 600 };
    const demanding = { task: 'embed', audio: ana, options: { qualityLimits } };
    await expect(run(demanding)).rejects.toMatchObject({ code: 'insufficient_speech' });
    const accepted = { ...demanding, options: { qualityLimits, acceptPoorQuality: true } };
    expect((await resultOf<Embedded>(accepted)).quality.reasons).toEqual(['little_speech']);
  });

  it('say which of two recordings is no sample', async () => {
    await expect(run({ task: 'compare', audio: [ana, silence] })).rejects.toMatchObject({
      code: 'insufficient_speech',
      message: expect.stringMatching(/^the second recording: /) as string,
    });
  });

  it.each<[string, string, object]>([
    ['silence', 'insufficient_speech', { task: 'embed', audio: silence }],
    [
      'a range outside the recording',
      'invalid_option',
      { task: 'embed', audio: ana, options: { range: { startSeconds: 99 } } },
    ],
    [
      'a model for something else',
      'invalid_option',
      { task: 'embed', audio: ana, options: { model: 'silero-vad' } },
    ],
    [
      'a detector of speech that is none',
      'invalid_option',
      { task: 'detect-speech', audio: ana, options: { model: 'ge2e' } },
    ],
    ['no sample to measure', 'audio_too_short', { task: 'loudness', audio: empty }],
    [
      'a threshold outside its scale',
      'invalid_option',
      { task: 'compare', audio: [ana, ben], options: { threshold: { scale: 'cosine', value: 2 } } },
    ],
    [
      'a threshold that nothing reaches',
      'invalid_option',
      { task: 'compare', audio: [ana, ben], options: { threshold: { scale: 'probability', value: 1 } } },
    ],
  ])('fail for %s with %s', async (_, code, input) => {
    await expect(run(input)).rejects.toMatchObject({ code });
  });

  it('fail for voices that cannot be compared, or not be told apart', async () => {
    const [first] = voices as [(typeof voices)[number]];
    const ask = (changed: object) =>
      run({ task: 'verify', audio: again, options: { voice: { ...first, ...changed } } });
    const otherSpace = { space: { ...first.space, fingerprint: 'another' } };
    await expect(ask(otherSpace)).rejects.toMatchObject({ code: 'embedding_space_mismatch' });
    const shorter = { space: { ...first.space, dimension: 2 }, embedding: [1, 2] };
    await expect(ask(shorter)).rejects.toMatchObject({ code: 'embedding_space_mismatch' });
    const zero = { embedding: first.embedding.map(() => 0) };
    await expect(ask(zero)).rejects.toMatchObject({ code: 'invalid_file' });
    for (const task of ['identify', 'diarize']) {
      for (const name of ['Ana', 'SPEAKER_01']) {
        const twice = { task, audio: both, options: { voices: [first, { ...first, name }] } };
        await expect(run(twice)).rejects.toMatchObject({ code: 'invalid_option' });
      }
    }
  });

  it('name the speakers of a diarized recording', async () => {
    const options = { voices: voices.slice(0, 1) };
    const { speakers } = await resultOf<{ speakers: { label: string; name?: string }[] }>({
      task: 'diarize',
      audio: both,
      options,
    });
    expect(speakers.map(({ label, name }) => name ?? label).sort()).toEqual(['Ana', 'SPEAKER_01']);
  });
});
