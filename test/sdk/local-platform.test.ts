/** The client against the local platform with our worker behind it: nothing in between is a stand-in. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InvalidInputError } from '../../core/errors.ts';
import { ERROR_MEANINGS } from '../../handlers/errors/error-mapping.ts';
import { createAudioFetcher } from '../../handlers/work/fetch-audio/index.ts';
import { startPlatform, type RunningPlatform } from '../../handlers/runpod-dev/index.ts';
import {
  parseWorkerEnvironment,
  startWorker,
  type JobHandler,
  type RunningWorker,
} from '../../handlers/runpod/index.ts';
import { describeFieldErrors, parseJobInput } from '../../sdk/contract/index.ts';
import {
  Colloquy,
  type AudioInput,
  type AudioSource,
  type ColloquyOptions,
  type JobProgress,
  type StreamEvent,
} from '../../sdk/index.ts';
import { diarizeOutput } from './fake-platform.ts';

let platform: RunningPlatform;
let worker: RunningWorker;
const seenKeys: (string | undefined)[] = [];
const audio = 'https://example.com/a.wav';
const bytes = randomBytes(1_000_000);
const folder = await mkdtemp(join(tmpdir(), 'colloquy-test-'));
const recording = join(folder, 'recording.wav');
await writeFile(recording, bytes);
const fetcher = createAudioFetcher({ folder: join(folder, 'jobs') });

/** Does what the metadata of the job says. */
const handler: JobHandler = async (job, context) => {
  const parsed = parseJobInput(job.input);
  if (!parsed.ok) throw new InvalidInputError('invalid_option', describeFieldErrors(parsed.errors));
  const { metadata, idempotencyKey } = parsed.value;
  seenKeys.push(idempotencyKey);
  if (metadata?.fail === true)
    throw new InvalidInputError('corrupt_audio', 'Expected audio.', { details: { bytes: 3 } });
  if (metadata?.stream === true) return stream();
  if (metadata?.progress === true) {
    for (let done = 1; done <= 3; done++) {
      context.progress({ schemaVersion: 1, type: 'progress', index: 0, stage: 'observe', done, total: 3 });
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  }
  if (metadata?.hang === true)
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
  if (metadata?.hash === true) {
    const source = parsed.value.audio as AudioSource;
    const fetched = await fetcher.fetch(source, context.signal);
    const sha256 = createHash('sha256')
      .update(await readFile(fetched.path))
      .digest('hex');
    await fetched.dispose();
    return { ...(diarizeOutput() as object), metadata: { sha256 } };
  }
  return { ...(diarizeOutput() as object), metadata };
};

async function* stream(): AsyncGenerator<unknown, unknown> {
  for (let i = 0; i < 5; i++) {
    await Promise.resolve();
    yield {
      schemaVersion: 1,
      type: 'turn',
      index: 0,
      turn: { startSeconds: i, endSeconds: i + 1, speaker: 'SPEAKER_00' },
    };
  }
  return diarizeOutput();
}

beforeAll(async () => {
  platform = await startPlatform({ port: 0, pingIntervalMs: 1_000 });
  worker = startWorker({
    handler,
    environment: parseWorkerEnvironment(platform.workerEnvironment('worker-1')),
    concurrency: 4,
    log: () => undefined,
    describeError: (error, requestId) => {
      const { code, message, details } = error as InvalidInputError;
      const { retryable } = ERROR_MEANINGS[code];
      return { schemaVersion: 1, code, message, retryable, requestId, details };
    },
  });
});
afterAll(async () => {
  worker.stop(0);
  await worker.finished;
  await platform.close();
  await fetcher.close();
  expect(await readdir(join(folder, 'jobs'))).toEqual([]);
  await rm(folder, { recursive: true });
});

const pollTiming = { firstDelayMs: 10, maxDelayMs: 30 };

describe.each<[string, Partial<ColloquyOptions>]>([
  ['runpod-sdk', {}],
  ['fetch', { fetch: (url, init) => fetch(url, init) }],
])('the client by %s', (_, options) => {
  const client = (): Colloquy =>
    new Colloquy({
      endpointId: 'local',
      baseUrl: platform.url.replace(/\/local$/, ''),
      pollTiming,
      ...options,
    });

  test('submits, waits and reads the result', async () => {
    const result = await client().diarize({ audio });
    expect(result.toRttm()).toContain('SPEAKER_00');
  });

  test('gets its metadata back untouched', async () => {
    const metadata = { room: 'blue', nested: [{ a: null }] };
    const job = await client().submit({ task: 'diarize', audio, metadata });
    expect((await job.wait()).metadata).toEqual(metadata);
  });

  test.each<[string, () => AudioInput]>([
    ['a path', () => recording],
    ['a stream', () => createReadStream(recording)],
    ['a Blob', () => new Blob([bytes])],
    ['bytes', () => bytes],
  ])('brings %s to the worker byte for byte', async (_form, input) => {
    const job = await client().submit({ task: 'diarize', audio: input(), metadata: { hash: true } });
    expect((await job.wait()).metadata).toEqual({ sha256: createHash('sha256').update(bytes).digest('hex') });
  });

  test('hears of progress while the job runs', async () => {
    const seen: JobProgress[] = [];
    await client().diarize(
      { audio, metadata: { progress: true } },
      { onProgress: (progress) => seen.push(progress) },
    );
    const done = seen.filter(({ stage }) => stage === 'observe').map((progress) => progress.done);
    expect(done.length).toBeGreaterThan(0);
    expect(done).toEqual([...done].sort());
  });

  test('gets every event once and in order, and the result after them', async () => {
    const job = await client().submit({ task: 'diarize', audio, metadata: { stream: true } });
    const events: StreamEvent[] = [];
    for await (const event of job.events()) events.push(event);
    const starts = events.map((event) => (event.type === 'turn' ? event.turn.startSeconds : event.type));
    expect(starts).toEqual([0, 1, 2, 3, 4]);
    await expect(job.result()).resolves.toMatchObject({ durationSeconds: 2 });
  });

  test('gets a failure with its code, details and id', async () => {
    const error = await client()
      .diarize({ audio, metadata: { fail: true } })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({
      name: 'JobFailedError',
      code: 'corrupt_audio',
      message: 'Expected audio.',
      retryable: false,
    });
    expect(error).toMatchObject({ details: { bytes: 3 }, requestId: expect.stringMatching(/-u1$/) });
  });

  test('cancels on the platform when it is aborted', async () => {
    const job = await client().submit({ task: 'diarize', audio, metadata: { hang: true } });
    await expect(job.result({ signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
      code: 'canceled',
    });
    expect((await client().get(job.id)).state).toBe('canceled');
  });

  test('says that a job is not known', async () => {
    await expect(client().get('no-such-job')).rejects.toMatchObject({ code: 'job_expired', status: 404 });
  });

  test('runs many jobs, a few at a time', async () => {
    const requests = Array.from({ length: 40 }, () => ({ task: 'diarize', audio }) as const);
    const outcomes = await client().runAll(requests, { concurrency: 8 });
    expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
  });
});

test('a job whose first reply was lost on the way is run once', async () => {
  const before = seenKeys.length;
  let sent = 0;
  const fetchThatLosesReplies: NonNullable<ColloquyOptions['fetch']> = async (url, init) => {
    const response = await fetch(url, init);
    if (url.endsWith('/run') && sent++ < 1) throw new TypeError('connection reset');
    return response;
  };
  const client = new Colloquy({
    endpointId: 'local',
    baseUrl: platform.url.replace(/\/local$/, ''),
    pollTiming,
    retryTiming: { firstDelayMs: 10 },
    fetch: fetchThatLosesReplies,
  });
  await expect(client.diarize({ audio })).resolves.toMatchObject({ durationSeconds: 2 });
  expect(sent).toBe(2);
  expect(seenKeys.length - before).toBe(1);
});

test('every job had a key of its own', () => {
  expect(seenKeys.every((key) => /^[0-9a-f]{32}$/.test(key ?? ''))).toBe(true);
  expect(new Set(seenKeys).size).toBe(seenKeys.length);
});
