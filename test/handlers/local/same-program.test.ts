/** One program, near and far: only the line that makes the client differs. Nothing in between is a stand-in. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { type LocalColloquy, openColloquy } from '../../../handlers/local/index.ts';
import { parseWorkerEnvironment, type RunningWorker, startWorker } from '../../../handlers/runpod/index.ts';
import { type RunningPlatform, startPlatform } from '../../../handlers/runpod-dev/index.ts';
import { readConfig } from '../../../handlers/setup/config.ts';
import { type ColloquyWorker, createColloquyWorker } from '../../../handlers/worker/colloquy-worker.ts';
import {
  Colloquy,
  ColloquyError,
  InvalidRequestError,
  JobFailedError,
  type SpeechClient,
} from '../../../sdk/index.ts';
import { voiceFile } from '../../support/sample-voices.ts';

const folder = mkdtempSync(join(tmpdir(), 'colloquy-same-program-'));
const ana = voiceFile(folder, 'ana', 2);
const ben = voiceFile(folder, 'ben', 2);

let platform: RunningPlatform;
let worker: RunningWorker;
let work: ColloquyWorker;
let near: LocalColloquy;
let far: Colloquy;

beforeAll(async () => {
  platform = await startPlatform({ port: 0, pingIntervalMs: 1_000 });
  work = createColloquyWorker(readConfig(), tmpdir());
  worker = startWorker({
    ...work.options,
    fitnessChecks: [],
    environment: parseWorkerEnvironment(platform.workerEnvironment('worker-1')),
    log: () => undefined,
  });
  const pollTiming = { firstDelayMs: 10, maxDelayMs: 50 };
  near = await openColloquy();
  far = new Colloquy({ endpointId: 'local', baseUrl: platform.url.replace(/\/local$/, ''), pollTiming });
});
afterAll(async () => {
  worker.stop(0);
  await worker.finished;
  await work.close();
  await platform.close();
  await near.close();
  rmSync(folder, { recursive: true });
});

/** What a run costs is its own. */
function withoutTimings<T extends { readonly timings: unknown }>({
  timings: _,
  ...rest
}: T): Omit<T, 'timings'> {
  return rest;
}

/** Runs a program with both clients, one after the other. */
async function withBoth<T>(program: (client: SpeechClient) => Promise<T>): Promise<[near: T, far: T]> {
  return [await program(near), await program(far)];
}

test('both are a SpeechClient for the compiler, with the same types of results', () => {
  expectTypeOf<LocalColloquy>().toExtend<SpeechClient>();
  expectTypeOf<Colloquy>().toExtend<SpeechClient>();
  type Task = 'transcribe' | 'identify' | 'stream' | 'submit';
  expectTypeOf<Pick<LocalColloquy, Task>>().toEqualTypeOf<Pick<Colloquy, Task>>();
  // @ts-expect-error an option that there is not
  expect(() => near.diarize(ana, { numSpeaker: 2 })).toBeTypeOf('function');
  // @ts-expect-error identify needs voices
  expect(() => near.identify(ana)).toBeTypeOf('function');
});

describe('the same call gives the same', () => {
  test('transcript, by audio and options as by one request', async () => {
    const stages = new Set<string>();
    const [here, there] = await withBoth(async (client) => {
      const transcript = await client.transcribe(ana, {
        numSpeakers: 1,
        wordTimestamps: true,
        onProgress: ({ stage }) => stages.add(stage),
      });
      const again = await client.transcribe({ audio: ana, numSpeakers: 1, wordTimestamps: true });
      expect(withoutTimings(again)).toEqual(withoutTimings(transcript));
      return { ...withoutTimings(transcript), srt: transcript.toSrt() };
    });
    expect(here).toEqual(there);
    expect(here.srt).toMatch(/^1\n00:00:0/);
    expect(stages).toContain('transcribe');
  });

  test('turns, embeddings, decisions, speech and loudness', async () => {
    const [here, there] = await withBoth(async (client) => {
      const { space, embedding } = await client.embed(ana);
      const voice = { name: 'Ana', space, embedding };
      const outcomes = [
        await client.diarize(ana, { maxSpeakers: 2 }),
        await client.compare([ana, ben], { acceptPoorQuality: true }),
        await client.verify(ana, { voice }),
        await client.identify(ben, { voices: [voice] }),
        await client.detectSpeech(ana, { threshold: 0.4 }),
        await client.loudness(ana),
      ] as const;
      return { voice, outcomes: outcomes.map(withoutTimings) };
    });
    expect(here).toEqual(there);
    const [, compared, verified, identified] = here.outcomes;
    expect(compared).toMatchObject({ sameSpeaker: false });
    expect(verified).toMatchObject({ sameSpeaker: true, voice: 'Ana' });
    expect(identified).toMatchObject({ voice: null });
  });

  test('utterances as they come, and the whole in the end', async () => {
    const [here, there] = await withBoth(async (client) => {
      const texts: string[] = [];
      const utterances = client.utterances(ana, { diarize: false });
      for (;;) {
        const next = await utterances.next();
        if (next.done === true) return { texts, whole: next.value.utterances.map(({ text }) => text) };
        texts.push(next.value.text);
      }
    });
    expect(here).toEqual(there);
    expect(here.texts.join(' ')).toBe(here.whole.join(' '));
    expect(here.texts.length).toBeGreaterThan(0);
  });

  test('outcomes of several jobs, failures among them', async () => {
    const [here, there] = await withBoth(async (client) => {
      const outcomes = await client.runAll([
        { task: 'loudness', audio: ana },
        { task: 'loudness', audio: Buffer.from('no audio at all') },
      ]);
      return outcomes.map((outcome) =>
        outcome.status === 'fulfilled'
          ? outcome.value.integratedLufs
          : [(outcome.reason as ColloquyError).name, (outcome.reason as ColloquyError).code],
      );
    });
    expect(here).toEqual(there);
    expect(here[1]).toEqual(['JobFailedError', 'unsupported_audio']);
  });

  test('job by steps: submit, wait, results of several recordings, files and metadata', async () => {
    const [here, there] = await withBoth(async (client) => {
      const job = await client.submit({
        task: 'diarize',
        audio: [ana, readFileSync(ben)],
        output: { formats: ['rttm'] },
        metadata: { call: 7 },
        idempotencyKey: 'one',
      });
      const { metadata, idempotencyKey } = await job.wait();
      expect(job.state).toBe('completed');
      const outcomes = await job.results();
      await expect(job.result()).rejects.toBeInstanceOf(InvalidRequestError);
      const files = outcomes.map((outcome) => ('files' in outcome ? outcome.files : []));
      return { metadata, idempotencyKey, files };
    });
    expect(here).toEqual(there);
    expect(here).toMatchObject({ metadata: { call: 7 }, idempotencyKey: 'one' });
    expect(here.files.map(([file]) => file?.format)).toEqual(['rttm', 'rttm']);
  });

  test.each<[string, (client: SpeechClient) => Promise<unknown>]>([
    ['a missing file', (client) => client.transcribe(join(folder, 'none.wav'))],
    ['an option that is wrong', (client) => client.diarize(ana, { numSpeakers: 0 })],
    [
      'bounds that contradict each other',
      (client) => client.diarize(ana, { minSpeakers: 3, maxSpeakers: 2 }),
    ],
    ['a model that there is not', (client) => client.transcribe(ana, { model: 'no-such-model' })],
    ['a format that there is not', (client) => client.diarize({ audio: ana, output: { formats: ['xyz'] } })],
    ['a call that was aborted before', (client) => client.loudness(ana, { signal: AbortSignal.abort() })],
    ['an address of this machine', (client) => client.loudness('https://127.0.0.1/a.wav')],
  ])('error for %s', async (_, program) => {
    const [here, there] = await withBoth((client) => program(client).catch((error: unknown) => error));
    const facts = (error: unknown) => {
      expect(error).toBeInstanceOf(ColloquyError);
      const { name, code, message, retryable } = error as ColloquyError;
      return { name, code, message, retryable };
    };
    expect(facts(here)).toEqual(facts(there));
  });
});

test('the cause of a failure is at hand where the work is done', async () => {
  const error: unknown = await near
    .diarize(Buffer.from('no audio at all'))
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(JobFailedError);
  expect((error as Error).cause).toMatchObject({ name: 'InvalidInputError' });
});
