/**
 * Every weakness of runpod-sdk 1.1.2 (reference: ecosystem survey 1.3): first shown on the package itself, then that
 * a caller of ours never meets it.
 */
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import runpodSdk from 'runpod-sdk';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Colloquy, type ColloquyOptions } from '../../../sdk/index.ts';
import { FakePlatform, fail } from '../fake-platform.ts';

const platform = await FakePlatform.start();
afterAll(() => platform.close());
const quick = { firstDelayMs: 1, maxDelayMs: 5 };
const raw = runpodSdk('key', { baseUrl: platform.baseUrl }).endpoint('ep')!;
const request = { audio: 'https://example.com/a.wav' };

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

async function thrown(work: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return work.then(
    () => Promise.reject(new Error('expected a failure')),
    (error: unknown) => error as Error & Record<string, unknown>,
  );
}

beforeEach(() => platform.reset());
afterEach(() => vi.restoreAllMocks());

describe('failures of HTTP', () => {
  test('raw: a plain Error without class or code', async () => {
    platform.fault = () => ({ status: 401 });
    const error = await thrown(raw.status('x'));
    expect(error.code).toBeUndefined();
    expect(error.message).toContain('401');
  });

  test.each([
    [401, 'AuthenticationError', 'unauthorized', false],
    [404, 'NotFoundError', 'not_found', false],
    [400, 'InvalidRequestError', 'invalid_option', false],
    [429, 'RateLimitError', 'overloaded', true],
    [500, 'ServiceError', 'remote_failed', true],
  ])('ours: %i is a %s with code, status and retryable', async (status, name, code, retryable) => {
    platform.fault = () => ({ status });
    const error = await thrown(client({ maxRetries: 1 }).diarize(request));
    expect(error).toMatchObject({ name, code, status, retryable });
    expect(error.cause).toBeDefined();
  });
});

describe('a job that failed', () => {
  test('raw: is returned as if nothing were wrong', async () => {
    const { id } = await raw.run({ input: {} });
    platform.work = (job) => fail(job, 'boom');
    await expect(raw.status(id)).resolves.toMatchObject({ status: 'FAILED' });
  });

  test('ours: is thrown', async () => {
    platform.work = (job) => fail(job, 'boom');
    expect(await thrown(client().diarize(request))).toMatchObject({
      name: 'JobFailedError',
      code: 'remote_failed',
      message: 'boom',
    });
  });
});

describe('429 and 500', () => {
  const twice = (route: string, n: number) =>
    route === 'run' && n < 2 ? { status: 429, headers: { 'retry-after': '0' } } : undefined;

  test('raw: fail at once', async () => {
    platform.fault = twice;
    await thrown(raw.run({ input: {} }));
    expect(platform.requests).toHaveLength(1);
  });

  test('ours: are tried again, as the same job', async () => {
    platform.fault = twice;
    await client().diarize(request);
    const keys = platform.requests
      .filter(({ route }) => route === 'run')
      .map(({ body }) => (body as { input: { idempotencyKey: string } }).input.idempotencyKey);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });
});

describe('2xx other than 200', () => {
  test('raw: loses the body', async () => {
    platform.fault = () => ({ status: 202, body: '{"id":"job-1","status":"IN_QUEUE"}' });
    expect(await raw.run({ input: {} })).toEqual({ status: 202, statusText: 'Accepted' });
  });

  test('ours: is no reply', async () => {
    platform.fault = () => ({ status: 202, body: '{"id":"job-1","status":"IN_QUEUE"}' });
    expect(await thrown(client({ maxRetries: 0 }).diarize(request))).toMatchObject({
      name: 'ConnectionError',
      code: 'remote_failed',
    });
  });
});

describe('a reply that is cut', () => {
  test('raw: resolves to text or nothing', async () => {
    platform.fault = () => 'truncated-json';
    expect(typeof (await raw.run({ input: {} }))).toBe('string');
  });

  test('ours: is asked for again', async () => {
    platform.fault = (_, n) => (n === 0 ? 'truncated-json' : undefined);
    await expect(client().diarize(request)).resolves.toMatchObject({ durationSeconds: 2 });
  });
});

describe('a time-out', () => {
  test('raw: three seconds for an upload, whatever its size, as an Error without a code', async () => {
    expect(raw.run.toString()).toContain('timeout = 3000');
    platform.fault = () => 'no-answer';
    const error = await thrown(raw.run({ input: {} }, 50));
    expect(error.message).toBe('timeout of 50ms exceeded');
    expect(error.code).toBeUndefined();
  });

  test('raw: does not cover the body', async () => {
    platform.fault = () => 'slow-body';
    const outcome = await Promise.race([
      raw.status('x', 50),
      new Promise((resolve) => setTimeout(resolve, 300, 'hangs')),
    ]);
    expect(outcome).toBe('hangs');
  });

  test.each(['no-answer', 'slow-body'] as const)('ours: %s ends in time, with a class', async (fault) => {
    platform.fault = () => fault;
    const error = await thrown(client({ maxRetries: 0, submitTimeoutMs: 50 }).diarize(request));
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'remote_failed', retryable: true });
    expect(error.message).toContain('in time');
  });
});

describe('a connection that fails', () => {
  const script = (code: string): string[] => ['--input-type=module', '-e', code];

  test('raw: keeps the process alive until its time-out', async () => {
    const code = `import runpodSdk from 'runpod-sdk';
      runpodSdk('key', { baseUrl: 'http://127.0.0.1:1/v2' }).endpoint('ep').status('x', 1500).catch(() => { globalThis.failed = performance.now(); });
      process.on('exit', () => console.log(Math.round(performance.now() - failed)));`;
    const { stdout } = await promisify(execFile)('node', script(code));
    expect(Number(stdout)).toBeGreaterThan(700);
  });

  test('ours: leaves no timer behind', async () => {
    await thrown(
      new Colloquy({
        apiKey: 'key',
        endpointId: 'ep',
        baseUrl: 'http://127.0.0.1:1/v2',
        maxRetries: 0,
      }).diarize(request),
    );
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
    // vitest keeps one for the test itself.
    expect(timers.length).toBeLessThanOrEqual(1);
  });

  test('ours: a port that accepts and says nothing is a time-out', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const error = await thrown(
      client({ baseUrl: `http://127.0.0.1:${port}/v2`, maxRetries: 0, submitTimeoutMs: 60 }).diarize(request),
    );
    expect(error.message).toContain('in time');
    silent.close();
  });
});

describe('waiting', () => {
  test('raw: prints every look to stdout', async () => {
    const code = `import runpodSdk from 'runpod-sdk';
      const endpoint = runpodSdk('key', { baseUrl: '${platform.baseUrl}' }).endpoint('ep');
      await endpoint.runSync({ input: {} }, 1000);`;
    platform.fault = (route) => {
      if (route === 'runsync') return { status: 200, body: '{"id":"job-1","status":"IN_QUEUE"}' };
      return { status: 200, body: '{"id":"job-1","status":"COMPLETED"}' };
    };
    const { stdout } = await promisify(execFile)('node', ['--input-type=module', '-e', code]);
    expect(stdout).toBe('job-1: COMPLETED\n');
  });

  test('ours: prints nothing', async () => {
    const spies = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    platform.work = (job) => {
      job.status = 'IN_PROGRESS';
      if (job.looks > 3) job.status = 'FAILED';
    };
    await thrown(client().diarize(request));
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });
});

describe('abort', () => {
  test('raw: there is no way to stop', () => {
    expect(raw.run.length + raw.status.length).toBeLessThanOrEqual(4);
    expect(raw.run.toString()).not.toContain('signal');
  });

  test('ours: rejects, and cancels the job on the platform', async () => {
    platform.work = (job) => void (job.status = 'IN_PROGRESS');
    const controller = new AbortController();
    const running = client().diarize(request, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    const error = await thrown(running);
    expect(error).toMatchObject({ name: 'CanceledError', code: 'canceled', cause: { message: 'enough' } });
    expect([...platform.jobs.values()].map(({ status }) => status)).toEqual(['CANCELLED']);
  });
});

describe('events', () => {
  const streaming = (): void => {
    platform.work = (job) => {
      job.status = 'IN_PROGRESS';
      if (job.looks < 3)
        job.stream.push({
          schemaVersion: 1,
          type: 'warning',
          index: 0,
          warning: { code: 'n', message: String(job.looks) },
        });
      else job.status = 'FAILED';
    };
  };

  test('raw: asks again without a pause, and says nothing of a failure', async () => {
    const { id } = await raw.run({ input: {} });
    platform.work = (job) => void (job.status = job.looks < 30 ? 'IN_PROGRESS' : 'FAILED');
    const started = performance.now();
    const events: unknown[] = [];
    for await (const event of raw.stream(id)) events.push(event);
    expect(events).toEqual([]);
    expect((performance.now() - started) / 30).toBeLessThan(400);
  });

  test('raw: throws a TypeError at a reply without stream', async () => {
    platform.fault = () => ({ status: 200, body: '{"status":"IN_QUEUE"}' });
    const error = await thrown(raw.stream('x').next());
    expect(error).toBeInstanceOf(TypeError);
  });

  test('ours: come one by one, with pauses, and a failure is thrown', async () => {
    streaming();
    const job = await client().submit({ task: 'diarize', ...request });
    const messages: string[] = [];
    const error = await thrown(
      (async () => {
        for await (const event of job.events())
          messages.push(event.type === 'warning' ? event.warning.message : event.type);
      })(),
    );
    expect(messages).toEqual(['0', '1', '2']);
    expect(error.name).toBe('JobFailedError');
  });

  test('ours: a reply without stream is one without events', async () => {
    platform.fault = (route, n) =>
      route === 'stream' && n === 0 ? { status: 200, body: '{"status":"IN_QUEUE"}' } : undefined;
    const job = await client().submit({ task: 'diarize', ...request });
    for await (const event of job.events()) expect(event).toBeDefined();
    await expect(job.result()).resolves.toMatchObject({ durationSeconds: 2 });
  });
});

describe('a missing key or endpoint', () => {
  test('raw: prints a line and goes on', async () => {
    const code = `import runpodSdk from 'runpod-sdk'; const sdk = runpodSdk(undefined); console.log(sdk.endpoint(null));`;
    const { stdout } = await promisify(execFile)('node', ['--input-type=module', '-e', code]);
    expect(stdout).toBe('Api key not supplied\nEndpoint id not supplied\nnull\n');
  });

  test.each([
    [{}, /endpointId/],
    [{ endpointId: 'ep' }, /apiKey/],
    [{ endpointId: '../x', apiKey: 'k' }, /endpointId/],
    [{ baseUrl: 'nonsense' }, /baseUrl/],
    [{ baseUrl: 'file:///x' }, /baseUrl/],
    [{ endpointId: 'ep', apiKey: 'line\nend' }, /apiKey/],
    [{ endpointId: 'ep', apiKey: 'k', maxRetries: -1 }, /maxRetries/],
    [{ endpointId: 'ep', apiKey: 'k', requestTimeoutMs: Number.NaN }, /requestTimeoutMs/],
  ])('ours: %j is refused by name', (options, message) => {
    expect(() => new Colloquy(options)).toThrow(message);
  });
});
