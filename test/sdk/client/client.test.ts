import { afterAll, beforeEach, describe, expect, expectTypeOf, test } from 'vitest';
import {
  Colloquy,
  type ColloquyOptions,
  type CompareResult,
  type Diarization,
  type Job,
  type JobProgress,
  type StreamEvent,
  type Transcript,
} from '../../../sdk/index.ts';
import {
  FakePlatform,
  complete,
  diarizeOutput,
  fail,
  transcribeOutput,
  type FakeJob,
} from '../fake-platform.ts';

const platform = await FakePlatform.start();
afterAll(() => platform.close());
const quick = { firstDelayMs: 1, maxDelayMs: 4 };
const url = 'https://example.com/a.wav';

function client(options: Partial<ColloquyOptions> = {}): Colloquy {
  const { baseUrl } = platform;
  return new Colloquy({
    apiKey: 'key',
    endpointId: 'ep',
    baseUrl,
    retryTiming: quick,
    pollTiming: quick,
    ...options,
  });
}

/** The same through runpod-sdk and through fetch. */
const TRANSPORTS: [string, Partial<ColloquyOptions>][] = [
  ['runpod-sdk', {}],
  ['fetch', { fetch: (address, init) => fetch(address, init) }],
];

function inputs(): Record<string, unknown>[] {
  return platform.requests
    .filter(({ route }) => route === 'run')
    .map(({ body }) => (body as { input: Record<string, unknown> }).input);
}

beforeEach(() => platform.reset());

describe.each(TRANSPORTS)('a job by %s', (_, options) => {
  test('is one call: submit, wait, result', async () => {
    const result = await client(options).diarize({ audio: url, numSpeakers: 2 });
    expect(result.turns).toEqual([
      { startSeconds: 0, endSeconds: 1.5, speaker: 'SPEAKER_00', confidence: 0.9 },
    ]);
    expect(inputs()).toEqual([
      {
        schemaVersion: 1,
        task: 'diarize',
        audio: { url },
        options: { numSpeakers: 2 },
        idempotencyKey: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ]);
    expect(platform.requests[0]?.headers.authorization).toBe('Bearer key');
    expect(platform.routes()).toEqual(['run', 'status']);
  });

  test('can be sent, found again, waited for and read twice', async () => {
    const job = await client(options).submit({ task: 'transcribe', audio: url, language: 'en' });
    platform.work = (j) => complete(j, transcribeOutput());
    const again = await client(options).get<'transcribe'>(job.id);
    expect(again.state).toBe('completed');
    const [first, second] = [await again.result(), await job.result()];
    expect(first).toEqual(second);
    const looks = platform.requests.length;
    await job.result();
    expect(platform.requests.length).toBe(looks);
    expect((await job.wait()).task).toBe('transcribe');
  });

  test('tells its progress, each step once', async () => {
    platform.work = (job) => {
      if (job.looks === 0) return;
      job.status = job.looks < 5 ? 'IN_PROGRESS' : 'COMPLETED';
      const done = Math.floor(job.looks / 2);
      job.output =
        job.status === 'COMPLETED'
          ? diarizeOutput()
          : { schemaVersion: 1, type: 'progress', index: 0, stage: 'observe', done, total: 2 };
    };
    const seen: JobProgress[] = [];
    await client(options).diarize({ audio: url }, { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ stage, done }) => [stage, done])).toEqual([
      ['queue', 0],
      ['observe', 0],
      ['observe', 1],
      ['observe', 2],
    ]);
    expect(seen[1]).toEqual({ stage: 'observe', done: 0, total: 2, index: 0, jobId: 'job-0-e1' });
  });

  test('can be canceled', async () => {
    platform.work = () => undefined;
    const job = await client(options).submit({ task: 'diarize', audio: url });
    await job.cancel();
    await expect(job.result()).rejects.toMatchObject({
      name: 'CanceledError',
      code: 'canceled',
      requestId: job.id,
    });
    await job.cancel();
    expect(platform.routes().filter((route) => route === 'cancel')).toHaveLength(1);
  });

  test('carries policy, webhook, output and metadata', async () => {
    await client({ ...options, policy: { ttlMs: 60_000 } }).diarize({
      audio: url,
      webhook: 'https://example.com/hook',
      output: { formats: ['rttm'], inline: true },
      metadata: { room: 'blue' },
      idempotencyKey: 'mine',
    });
    expect(platform.requests[0]?.body).toEqual({
      input: {
        schemaVersion: 1,
        task: 'diarize',
        audio: { url },
        webhook: 'https://example.com/hook',
        output: { formats: ['rttm'], inline: true },
        metadata: { room: 'blue' },
        idempotencyKey: 'mine',
        options: {},
      },
      policy: { ttl: 60_000 },
    });
  });
});

describe('events', () => {
  const warning = (message: string) => ({
    schemaVersion: 1,
    type: 'warning',
    index: 0,
    warning: { code: 'w', message },
  });

  test('come in order, also those that are left when the job has ended, and unknown ones are passed over', async () => {
    platform.work = (job) => {
      job.status = 'IN_PROGRESS';
      job.stream.push(warning(`a${job.looks}`), { type: 'of-the-future' }, 'noise');
      if (job.looks < 3) return;
      job.stream.push(warning('last'));
      complete(job, [{ schemaVersion: 1, type: 'result', output: diarizeOutput() }]);
    };
    const job = await client().submit({ task: 'diarize', audio: url });
    const events: StreamEvent[] = [];
    for await (const event of job.events()) events.push(event);
    const text = events.map((event) => (event.type === 'warning' ? event.warning.message : event.type));
    expect(text).toEqual(['a0', 'a1', 'a2', 'a3', 'last']);
    await expect(job.result()).resolves.toMatchObject({ durationSeconds: 2 });
  });

  test('hold the progress that a worker only posts', async () => {
    platform.work = (job) => {
      job.status = job.looks < 6 ? 'IN_PROGRESS' : 'COMPLETED';
      job.output =
        job.looks < 6
          ? { schemaVersion: 1, type: 'progress', index: 0, stage: 'decode', done: 1, total: null }
          : diarizeOutput();
    };
    const job = await client().submit({ task: 'diarize', audio: url });
    const events: StreamEvent[] = [];
    for await (const event of job.events()) events.push(event);
    expect(events).toEqual([
      { schemaVersion: 1, type: 'progress', index: 0, stage: 'decode', done: 1, total: null },
    ]);
  });

  test('come from client.stream with the result as the last one', async () => {
    platform.work = (job) => {
      job.status = 'IN_PROGRESS';
      if (job.looks === 0) job.stream.push(warning('a'));
      if (job.looks > 1) complete(job, diarizeOutput());
    };
    const types: string[] = [];
    for await (const event of client().stream({ task: 'diarize', audio: url })) types.push(event.type);
    expect(types).toEqual(['warning', 'result']);
    const { body } = platform.requests.find(({ route }) => route === 'run')!;
    expect((body as { input: unknown }).input).toMatchObject({ task: 'diarize', stream: true });
    expect(platform.routes()).not.toContain('cancel');
  });

  test('end the job when a reader leaves client.stream', async () => {
    platform.work = (job) => {
      job.status = 'IN_PROGRESS';
      job.stream.push(warning('a'));
    };
    for await (const _ of client().stream({ task: 'diarize', audio: url })) break;
    expect(platform.routes()).toContain('cancel');
  });

  test('can be left early, without ending the job', async () => {
    platform.work = (job) => {
      job.status = 'IN_PROGRESS';
      job.stream.push(warning('a'));
    };
    const job = await client().submit({ task: 'diarize', audio: url });
    for await (const _ of job.events()) break;
    expect(platform.routes()).not.toContain('cancel');
  });

  test('end with the limits of the call', async () => {
    platform.work = (job) => void (job.status = 'IN_PROGRESS');
    const job = await client().submit({ task: 'diarize', audio: url });
    const drain = async (limits: object): Promise<void> => {
      for await (const event of job.events(limits)) expect(event).toBeDefined();
    };
    await expect(drain({ timeoutMs: 30 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(platform.routes()).not.toContain('cancel');
    await expect(drain({ signal: AbortSignal.timeout(30) })).rejects.toMatchObject({ code: 'canceled' });
    expect(platform.routes()).toContain('cancel');
  });
});

describe('several recordings', () => {
  test('of one job have an outcome each', async () => {
    platform.work = (job) => {
      const output = diarizeOutput(2) as { results: unknown[] };
      output.results[1] = {
        index: 1,
        error: {
          schemaVersion: 1,
          code: 'corrupt_audio',
          message: 'Expected audio.',
          retryable: false,
          requestId: null,
          details: {},
        },
      };
      complete(job, output);
    };
    const job = await client().submit({ task: 'diarize', audio: [url, url] });
    const [good, bad] = await job.results();
    expect(good).toMatchObject({ index: 0, result: { durationSeconds: 2 }, files: [] });
    expect(bad).toMatchObject({
      index: 1,
      error: { name: 'JobFailedError', code: 'corrupt_audio', requestId: job.id },
    });
    await expect(job.result()).rejects.toMatchObject({
      code: 'invalid_option',
      message: expect.stringContaining('results()'),
    });
  });

  test('of several jobs run a few at a time, in the order of the requests, failures apart', async () => {
    let open = 0;
    let most = 0;
    platform.work = (job) => {
      if (job.looks === 0) most = Math.max(most, ++open);
      if (job.looks < 3) return;
      open--;
      if (job.id === 'job-3-e1') fail(job, 'boom');
      else complete(job, diarizeOutput());
    };
    const requests = Array.from(
      { length: 9 },
      (_, i) => ({ task: 'diarize', audio: `${url}?${i}` }) as const,
    );
    const seen = new Set<number>();
    const outcomes = await client().runAll(requests, {
      concurrency: 3,
      onProgress: (_, request) => seen.add(request),
    });
    expect(outcomes).toHaveLength(9);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(most).toBe(3);
    expect(seen.size).toBe(9);
    await expect(client().runAll([], { concurrency: 0 })).rejects.toMatchObject({ code: 'invalid_option' });
    expect(await client().runAll([])).toEqual([]);
  });
});

describe('a submission whose reply is lost', () => {
  test('is repeated once, and more often only when asked to', async () => {
    for (const [maxResubmissions, submissions] of [
      [undefined, 2],
      [0, 1],
      [3, 4],
    ] as const) {
      platform.requests.length = 0;
      platform.fault = (route) => (route === 'run' ? { status: 502, body: '{}' } : undefined);
      const failing = client(maxResubmissions === undefined ? {} : { maxResubmissions });
      await expect(failing.diarize({ audio: url })).rejects.toMatchObject({ code: 'remote_failed' });
      expect(platform.requests.filter(({ route }) => route === 'run')).toHaveLength(submissions);
    }
  });

  test('is not one that was told to wait', async () => {
    platform.requests.length = 0;
    platform.fault = (route, n) => (route === 'run' && n < 4 ? { status: 429, body: '{}' } : undefined);
    await expect(client().diarize({ audio: url })).resolves.toBeDefined();
    expect(platform.requests.filter(({ route }) => route === 'run')).toHaveLength(5);
  });
});

describe('a result', () => {
  test('that is too large for the reply is fetched from where it was stored', async () => {
    const storedResult = {
      url: `${platform.baseUrl}/ep/stored/x`,
      bytes: 9,
      contentType: 'application/json',
      expiresAt: '2026-11-22T12:00:00.000Z',
    };
    platform.work = (job) => complete(job, { storedResult });
    platform.fault = (route, n) => {
      if (route !== 'stored') return undefined;
      return n === 0 ? { status: 503 } : { status: 200, body: JSON.stringify(diarizeOutput()) };
    };
    await expect(client().diarize({ audio: url })).resolves.toMatchObject({ durationSeconds: 2 });
    const stored = platform.requests.find(({ route }) => route === 'stored');
    expect(stored?.headers.authorization).toBeUndefined();
  });

  test.each([403, 404])('whose link has expired (%i) says so, and not to try again', async (status) => {
    const url = `${platform.baseUrl}/ep/stored/x?X-Amz-Signature=SECRET`;
    const expiresAt = '2026-11-22T12:00:00.000Z';
    platform.work = (job) => {
      complete(job, { storedResult: { url, bytes: 9, contentType: 'application/json', expiresAt } });
    };
    platform.fault = (route) => (route === 'stored' ? { status, body: '{}' } : undefined);
    const error = (await client()
      .diarize({ audio: { url: 'https://example.com/a.wav' } })
      .catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ name: 'NotFoundError', code: 'job_expired', status, retryable: false });
    expect(error.message).not.toMatch(/SECRET|apiKey/);
  });

  test('keeps fields of a newer worker', async () => {
    platform.work = (job) => {
      const output = diarizeOutput() as { results: { result: object }[] };
      output.results[0]!.result = { ...output.results[0]!.result, ofTheFuture: 1 };
      complete(job, output);
    };
    await expect(client().diarize({ audio: url })).resolves.toMatchObject({ ofTheFuture: 1 });
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'done'],
    ['an empty list', []],
    ['of another worker', { segments: [] }],
    ['of another version', { ...(diarizeOutput() as object), schemaVersion: 2 }],
  ])('that is %s is a typed failure', async (_, output) => {
    platform.work = (job) => complete(job, output);
    await expect(client().diarize({ audio: url })).rejects.toMatchObject({
      code: 'remote_failed',
      requestId: 'job-0-e1',
    });
  });
});

describe('a job that failed', () => {
  const thrownFor = async (error: unknown): Promise<unknown> => {
    platform.work = (job: FakeJob) => fail(job, error);
    return client()
      .diarize({ audio: url })
      .catch((e: unknown) => e);
  };

  test('says why in the words and with the code of the worker', async () => {
    const body = {
      schemaVersion: 1,
      code: 'overloaded',
      message: 'Wait.',
      retryable: true,
      requestId: 'r',
      details: { queue: 3 },
    };
    expect(await thrownFor(JSON.stringify(body))).toMatchObject({
      name: 'JobFailedError',
      code: 'overloaded',
      message: 'Wait.',
      retryable: true,
      requestId: 'job-0-e1',
      details: { queue: 3 },
    });
    expect(await thrownFor(JSON.stringify({ ...body, code: 'canceled' }))).toMatchObject({
      name: 'CanceledError',
    });
  });

  test.each([
    [
      'the form of other workers',
      JSON.stringify({ error_type: 'X', error_message: 'Bad audio.', code: 'corrupt_audio' }),
      'corrupt_audio',
      'Bad audio.',
    ],
    ['plain text', 'Out of memory', 'remote_failed', 'Out of memory'],
    ['an object', { message: 'broken' }, 'remote_failed', 'broken'],
    ['nothing', undefined, 'remote_failed', 'The job failed without a reason.'],
    ['an unknown code', JSON.stringify({ code: 'no_such_code', message: 'm' }), 'remote_failed', 'm'],
  ])('in %s', async (_, error, code, message) => {
    expect(await thrownFor(error)).toMatchObject({ name: 'JobFailedError', code, message });
  });

  test('by time or by somebody else has a class of its own', async () => {
    platform.work = (job) => void (job.status = 'TIMED_OUT');
    await expect(client().diarize({ audio: url })).rejects.toMatchObject({
      name: 'DeadlineError',
      code: 'deadline_exceeded',
    });
    platform.work = (job) => void (job.status = 'CANCELLED');
    await expect(client().diarize({ audio: url })).rejects.toMatchObject({
      name: 'CanceledError',
      code: 'canceled',
    });
  });
});

describe('a wrong request', () => {
  test.each([
    [{ audio: url, numSpeakers: 0 }, /options\.numSpeakers/],
    [{ audio: url, numSpeaker: 2 }, /unknown field numSpeaker/],
    [{ audio: url, minSpeakers: 3, maxSpeakers: 2 }, /minSpeakers/],
    [{ audio: url, webhook: 'ftp://x' }, /webhook/],
    [{ audio: url, idempotencyKey: 'a b' }, /idempotencyKey/],
    [{ audio: [] }, /audio/],
    [{}, /audio/],
  ])('%j is named before anything is sent', async (request, message) => {
    await expect(client().diarize(request as never)).rejects.toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid_option',
      message: expect.stringMatching(message),
    });
    expect(platform.requests).toEqual([]);
  });

  test('for an unknown task lists the known ones', async () => {
    await expect(client().submit({ task: 'translate', audio: url } as never)).rejects.toThrow(
      /expected one of diarize, transcribe/,
    );
  });

  test.each([Number.NaN, -1, 2 ** 31, Number.POSITIVE_INFINITY])(
    'a time limit of %s is refused',
    async (timeoutMs) => {
      await expect(client().diarize({ audio: url }, { timeoutMs })).rejects.toMatchObject({
        code: 'invalid_option',
      });
    },
  );

  test('options that are undefined are left out', async () => {
    await client().diarize({ audio: url, numSpeakers: undefined, metadata: undefined });
    expect(inputs()[0]).not.toHaveProperty('metadata');
    expect(inputs()[0]?.options).toEqual({});
  });
});

test('types: requests and results belong to their task', () => {
  const c = client();
  expectTypeOf<typeof c.transcribe>().returns.resolves.toEqualTypeOf<Transcript>();
  expectTypeOf<typeof c.diarize>().returns.resolves.toEqualTypeOf<Diarization>();
  expectTypeOf<typeof c.compare>().returns.resolves.toEqualTypeOf<CompareResult>();
  const job = () => c.submit({ task: 'diarize', audio: url });
  expectTypeOf(job).returns.resolves.toEqualTypeOf<Job<'diarize'>>();
  // @ts-expect-error an option of another task
  const wrongOption = () => c.diarize({ audio: url, language: 'en' });
  // @ts-expect-error verify needs a voice
  const withoutVoice = () => c.verify({ audio: url });
  // @ts-expect-error compare needs two recordings
  const oneRecording = () => c.compare({ audio: url });
  expect([wrongOption, withoutVoice, oneRecording]).toHaveLength(3);
});
