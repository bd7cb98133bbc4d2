/**
 * What the network and the platform can do to a call: the right error, or success, within the deadline. An unhandled
 * rejection fails the run by itself.
 */
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Colloquy, ColloquyError, type ColloquyOptions } from '../../sdk/index.ts';
import { FakePlatform, diarizeOutput, complete, type Fault } from './fake-platform.ts';

let platform: FakePlatform;
const quick = { firstDelayMs: 1, maxDelayMs: 4 };
const audio = 'https://example.com/a.wav';
/** Not a measure of speed: a call that hangs fails here, and not only when the test run gives up. */
const DEADLINE_MS = 30_000;

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);
process.on('unhandledRejection', note);
afterAll(async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

beforeEach(async () => {
  platform = await FakePlatform.start();
});
afterEach(() => platform.close());

function client(options: Partial<ColloquyOptions> = {}): Colloquy {
  return new Colloquy({
    apiKey: 'SECRET-KEY',
    endpointId: 'ep',
    baseUrl: platform.baseUrl,
    retryTiming: quick,
    pollTiming: quick,
    maxOutageMs: 100,
    ...options,
  });
}

/** The outcome within the deadline: a result or one of our errors, with nothing secret in it. */
async function outcome(
  c: Colloquy,
  limits: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<string> {
  const started = performance.now();
  const text = await c.diarize({ audio }, limits).then(
    (result) => {
      expect(result.durationSeconds).toBe(2);
      return 'ok';
    },
    (error: unknown) => {
      expect(error).toBeInstanceOf(ColloquyError);
      expect((error as Error).message).not.toMatch(/SECRET|127\.0\.0\.1/);
      return `${(error as ColloquyError).name} ${(error as ColloquyError).code}`;
    },
  );
  expect(performance.now() - started).toBeLessThan(DEADLINE_MS);
  return text;
}

const TRANSPORTS: [string, Partial<ColloquyOptions>][] = [
  ['runpod-sdk', {}],
  ['fetch', { fetch: (address, init) => fetch(address, init) }],
];
const FAULTS: Fault[] = [
  { status: 429 },
  { status: 429, headers: { 'retry-after': '0' } },
  { status: 500 },
  { status: 502 },
  { status: 503, body: '<html>' },
  { status: 504 },
  { status: 524 },
  'reset',
  'reset-after',
  'slow-body',
  'no-answer',
  'truncated-json',
  'html',
];
/** Short where nothing else ends the wait for an answer. */
function timeoutsFor(fault: Fault): Partial<ColloquyOptions> {
  const isSilent = fault === 'slow-body' || fault === 'no-answer';
  return isSilent ? { requestTimeoutMs: 250, submitTimeoutMs: 250 } : {};
}

const named = FAULTS.map(
  (fault) => [typeof fault === 'string' ? fault : JSON.stringify(fault), fault] as const,
);

describe.each(TRANSPORTS)('by %s', (_, options) => {
  test.each(named)(
    '%s on the first three requests of each route: success, as one job',
    async (_name, fault) => {
      platform.fault = (route, n) => (n < 3 && route !== 'cancel' ? fault : undefined);
      const patient = { maxRetries: 100, maxResubmissions: 100, maxOutageMs: 20_000, ...timeoutsFor(fault) };
      expect(await outcome(client({ ...options, ...patient }))).toBe('ok');
      const keys = new Set(
        [...platform.jobs.values()].map(({ input }) => (input as { idempotencyKey: string }).idempotencyKey),
      );
      expect(keys.size).toBe(1);
    },
  );

  test.each(named)('%s for ever on submit: the right error', async (_name, fault) => {
    platform.fault = (route) => (route === 'run' ? fault : undefined);
    const text = await outcome(client({ ...options, maxRetries: 2, ...timeoutsFor(fault) }));
    if (typeof fault === 'string') expect(text).toBe('ConnectionError remote_failed');
    else expect(text).toBe(fault.status === 429 ? 'RateLimitError overloaded' : 'ServiceError remote_failed');
  });

  test.each(named)('%s for ever on status: waited for, then the right error', async (_name, fault) => {
    platform.fault = (route) => (route === 'status' ? fault : undefined);
    const text = await outcome(client({ ...options, ...timeoutsFor(fault) }));
    if (typeof fault === 'string') expect(text).toBe('ConnectionError remote_failed');
    else expect(text).toBe(fault.status === 429 ? 'RateLimitError overloaded' : 'ServiceError remote_failed');
    expect(platform.routes().filter((route) => route === 'run')).toHaveLength(1);
  });

  test('a storm of 429, 500, resets and cut replies at random: success', async () => {
    const faults: (Fault | undefined)[] = [
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 500 },
      'reset',
      'truncated-json',
      undefined,
    ];
    let n = 0;
    platform.fault = () => faults[(n++ * 7) % 5];
    platform.work = (job) => {
      if (job.looks > 5) complete(job, diarizeOutput());
    };
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        outcome(client({ ...options, maxRetries: 1000, maxResubmissions: 1000, maxOutageMs: 20_000 })),
      ),
    );
    expect(new Set(results)).toEqual(new Set(['ok']));
  });

  test.each([
    [{ status: 401 }, 'AuthenticationError unauthorized'],
    [{ status: 403 }, 'AuthenticationError unauthorized'],
    [{ status: 404 }, 'NotFoundError not_found'],
    [{ status: 413 }, 'PayloadTooLargeError audio_too_large'],
    [{ status: 422 }, 'InvalidRequestError invalid_option'],
  ])('%j on submit is not tried again', async (fault, text) => {
    platform.fault = () => fault;
    expect(await outcome(client(options))).toBe(text);
    expect(platform.requests).toHaveLength(1);
  });

  test('a job that has expired is said to be so, at once', async () => {
    platform.fault = (route, n) => (route === 'status' && n > 0 ? { status: 404 } : undefined);
    platform.work = () => undefined;
    expect(await outcome(client(options))).toBe('NotFoundError job_expired');
    await expect(client(options).get('gone')).rejects.toMatchObject({
      code: 'job_expired',
      status: 404,
      requestId: 'gone',
    });
    await expect(client(options).result('gone')).rejects.toMatchObject({ code: 'job_expired' });
  });

  test('Retry-After is honoured, and a deadline is not overslept for it', async () => {
    platform.fault = (route, n) =>
      route === 'run' && n === 0 ? { status: 429, headers: { 'retry-after': '1' } } : undefined;
    const started = performance.now();
    expect(await outcome(client(options))).toBe('ok');
    expect(performance.now() - started).toBeGreaterThanOrEqual(990);
    platform.requests.length = 0;
    platform.fault = () => ({ status: 429, headers: { 'retry-after': '3000' } });
    expect(await outcome(client(options), { timeoutMs: 100 })).toBe('DeadlineError deadline_exceeded');
  });

  test('a deadline ends the call and the job', async () => {
    platform.work = (job) => void (job.status = 'IN_PROGRESS');
    expect(await outcome(client(options), { timeoutMs: 60 })).toBe('DeadlineError deadline_exceeded');
    expect([...platform.jobs.values()].map(({ status }) => status)).toEqual(['CANCELLED']);
  });

  test('an abort before the start sends nothing', async () => {
    expect(await outcome(client(options), { signal: AbortSignal.abort() })).toBe('CanceledError canceled');
    expect(platform.requests).toEqual([]);
  });

  test('an abort while the job is being sent cancels it all the same', async () => {
    const controller = new AbortController();
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    platform.fault = (route) => {
      if (route !== 'run') return undefined;
      controller.abort();
      setTimeout(release, 30);
      return undefined;
    };
    expect(await outcome(client(options), { signal: controller.signal })).toBe('CanceledError canceled');
    await gate;
    expect([...platform.jobs.values()].map(({ status }) => status)).toEqual(['CANCELLED']);
  });

  test('an abort in a wait between attempts is heard at once', async () => {
    platform.fault = () => ({ status: 503, headers: { 'retry-after': '60' } });
    expect(await outcome(client(options), { signal: AbortSignal.timeout(50) })).toBe(
      'CanceledError canceled',
    );
  });

  test('a cancel that fails does not hide the abort', async () => {
    platform.work = (job) => void (job.status = 'IN_PROGRESS');
    platform.fault = (route) => (route === 'cancel' ? { status: 500 } : undefined);
    expect(await outcome(client({ ...options, maxRetries: 1 }), { signal: AbortSignal.timeout(50) })).toBe(
      'CanceledError canceled',
    );
  });
});

test('a fetch hook that ignores its signal does not hold the call', async () => {
  const deaf = client({ fetch: () => new Promise(() => undefined), maxRetries: 0, submitTimeoutMs: 200 });
  expect(await outcome(deaf)).toBe('ConnectionError remote_failed');
  expect(await outcome(deaf, { signal: AbortSignal.timeout(20) })).toBe('CanceledError canceled');
});

test('a redirect is not followed: whoever it leads to would get the key', async () => {
  platform.fault = () => ({ status: 307, headers: { location: 'http://127.0.0.1:1/' } });
  expect(await outcome(client({ fetch: (address, init) => fetch(address, init), maxRetries: 0 }))).toBe(
    'ConnectionError remote_failed',
  );
});

test('an exception in onProgress ends the call with it', async () => {
  platform.work = () => undefined;
  const boom = new Error('mine');
  const work = client().diarize(
    { audio },
    {
      onProgress: () => {
        throw boom;
      },
    },
  );
  await expect(work).rejects.toBe(boom);
});
