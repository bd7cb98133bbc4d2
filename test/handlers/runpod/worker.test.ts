import { afterEach, describe, expect, it } from 'vitest';
import { startPlatform, type RunningPlatform } from '../../../handlers/runpod-dev/index.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import {
  startWorker,
  type JobContext,
  type JobHandler,
  type RunningWorker,
  type WorkerOptions,
} from '../../../handlers/runpod/index.ts';
import { handlerOfAnyInput } from '../../../handlers/runpod/jobs/handler.ts';
import { parseWorkerEnvironment } from '../../../handlers/runpod/environment.ts';
import { caller, finalStates, type PlatformCall } from '../runpod-dev/platform-call.ts';

let platform: RunningPlatform;
let worker: RunningWorker | undefined;
afterEach(async () => {
  worker?.stop(0);
  await worker?.finished;
  worker = undefined;
  await platform.close();
});

/** A platform without workers, and one worker in this process: its heartbeat thread needs the build, so it has none. */
async function start(handler: JobHandler, options: Partial<WorkerOptions> = {}): Promise<PlatformCall> {
  platform = await startPlatform({ port: 0, limits: { leaseMs: 600_000 } });
  const { RUNPOD_WEBHOOK_PING: _, ...env } = platform.workerEnvironment('w-1');
  worker = startWorker({
    handler,
    environment: parseWorkerEnvironment(env),
    log: () => undefined,
    ...options,
    timing: { latePollMs: 200, ...options.timing },
  });
  return caller(platform.url);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const submit = async (call: PlatformCall, input: unknown): Promise<string> =>
  String((await call('POST', '/run', { input })).body.id);

/** A handler that runs until it is released, and counts how many do. */
function gate(): { handler: JobHandler; running: () => number; release: () => void } {
  const waiting: (() => void)[] = [];
  return {
    handler: (job) => new Promise((resolve) => waiting.push(() => resolve({ id: job.id }))),
    running: () => waiting.length,
    release: () => waiting.splice(0).forEach((finish) => finish()),
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5);
}

describe('the worker', () => {
  it('refuses a concurrency that is no number of jobs', () => {
    const environment = parseWorkerEnvironment({
      RUNPOD_WEBHOOK_GET_JOB: 'http://127.0.0.1:9/job-take/$ID',
      RUNPOD_WEBHOOK_POST_OUTPUT: 'http://127.0.0.1:9/job-done/$ID',
    });
    for (const concurrency of [0, 1.5, Number.NaN]) {
      expect(() => startWorker({ handler: () => 1, environment, concurrency })).toThrow('at least 1');
    }
    expect(() => startWorker({ handler: () => 1, environment: parseWorkerEnvironment({}) })).toThrow(
      'RUNPOD_WEBHOOK_GET_JOB',
    );
    platform = { close: () => Promise.resolve() } as RunningPlatform;
  });

  it('grows and shrinks while jobs run', async () => {
    const { handler, running, release } = gate();
    const call = await start(handler);
    const ids = await Promise.all(Array.from({ length: 6 }, (_, i) => submit(call, { i })));
    await until(() => running() === 1);
    worker!.resize(3);
    await until(() => running() === 3);
    worker!.resize(1);
    release();
    await until(() => running() === 1);
    await pause(100);
    expect(running()).toBe(1);
    const timer = setInterval(release, 5);
    const done = await finalStates(call, ids, 10_000);
    clearInterval(timer);
    expect([...done.values()].every(({ status }) => status === 'COMPLETED')).toBe(true);
  });

  it('when stopped, takes nothing more, ends what runs, and ends with 0', async () => {
    const { handler, running, release } = gate();
    const call = await start(handler);
    const first = await submit(call, {});
    await until(() => running() === 1);
    worker!.stop();
    const second = await submit(call, {});
    await pause(300);
    expect(running()).toBe(1);
    release();
    expect(await worker!.finished).toBe(0);
    expect((await call('GET', `/status/${first}`)).body.status).toBe('COMPLETED');
    expect((await call('GET', `/status/${second}`)).body.status).toBe('IN_QUEUE');
  });

  it('gives back what does not end in time, with an error that says so', async () => {
    const { handler, running } = gate();
    const call = await start(handler);
    const id = await submit(call, {});
    await until(() => running() === 1);
    worker!.stop(100);
    expect(await worker!.finished).toBe(0);
    const { body } = await call('GET', `/status/${id}`);
    expect(body.status).toBe('FAILED');
    expect(JSON.parse(String(body.error))).toMatchObject({ code: 'overloaded', retryable: true });
  });

  it('ends at once when asked a second time', async () => {
    const { handler, running } = gate();
    const call = await start(handler);
    const id = await submit(call, {});
    await until(() => running() === 1);
    worker!.stop(60_000);
    worker!.stop(0);
    expect(await worker!.finished).toBe(0);
    expect((await call('GET', `/status/${id}`)).body.status).toBe('FAILED');
  });

  it('aborts the signal of a job that is canceled, and posts nothing for it', async () => {
    const reasons: unknown[] = [];
    const call = await start((job, { signal }) =>
      job.input === 'long'
        ? new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              reasons.push(signal.reason);
              reject(new Error('aborted'));
            });
          })
        : 'done',
    );
    const id = await submit(call, 'long');
    while ((await call('GET', `/status/${id}`)).body.status !== 'IN_PROGRESS') await pause(5);
    await call('POST', `/cancel/${id}`);
    const next = await call('POST', '/runsync', { input: 'short' });
    expect(next.body).toMatchObject({ status: 'COMPLETED', output: 'done' });
    expect(reasons).toEqual(['stopped']);
    expect((await call('GET', `/status/${id}`)).body).not.toHaveProperty('output');
  });

  it('reports results that the platform never took, with an exit code of 1', async () => {
    const lost: string[] = [];
    const call = await start((job) => job.input, { onResultLost: (jobId) => lost.push(jobId) });
    const id = await submit(call, 1);
    await finalStates(call, [id], 5_000);
    // The job is unknown by the time of its result: purged, or its life is over.
    const { handler, running, release } = gate();
    worker!.stop(0);
    await worker!.finished;
    const again = await start(handler, { onResultLost: (jobId) => lost.push(jobId) });
    const gone = await submit(again, {});
    await until(() => running() === 1);
    await again('GET', `/status/${gone}?ttl=10000`);
    await platform.close();
    release();
    worker!.stop(0);
    expect(await worker!.finished).toBe(1);
    expect(lost).toEqual([gone]);
  });

  it('runs the next job while a large result is being stored', async () => {
    let stored: () => void = () => undefined;
    const call = await start((job) => (job.input === 'large' ? 'x'.repeat(10_000_001) : 'small'), {
      oversizedResult: async ({ freePlace }) => {
        freePlace();
        await new Promise<void>((resolve) => (stored = resolve));
        return { at: 'the store' };
      },
    });
    const large = await submit(call, 'large');
    const next = await call('POST', '/runsync', { input: 'other' });
    expect(next.body).toMatchObject({ status: 'COMPLETED', output: 'small' });
    expect((await call('GET', `/status/${large}`)).body.status).toBe('IN_PROGRESS');
    stored();
    expect((await finalStates(call, [large], 5_000)).get(large)).toMatchObject({
      output: { at: 'the store' },
    });
  });

  it('takes only as many jobs beyond its places as it has places, however slow their results are', async () => {
    const waiting: (() => void)[] = [];
    const call = await start(async (job, { freePlace }) => {
      freePlace();
      await new Promise<void>((resolve) => waiting.push(resolve));
      return job.input;
    });
    const ids = await Promise.all([1, 2, 3, 4, 5].map((i) => submit(call, i)));
    await until(() => waiting.length === 2);
    await pause(200);
    expect(waiting).toHaveLength(2);
    const timer = setInterval(() => waiting.splice(0).forEach((go) => go()), 5);
    const done = await finalStates(call, ids, 10_000);
    clearInterval(timer);
    expect(ids.map((id) => done.get(id)!.output)).toEqual([1, 2, 3, 4, 5]);
  });

  it('still hears of a job whose place it has given on that nobody wants it any more', async () => {
    const reasons: unknown[] = [];
    const call = await start((job, { signal, freePlace }) => {
      if (job.input !== 'long') return 'done';
      freePlace();
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(reasons.push(signal.reason)));
      });
    });
    const id = await submit(call, 'long');
    expect((await call('POST', '/runsync', { input: 'short' })).body.output).toBe('done');
    await call('POST', `/cancel/${id}`);
    await until(() => reasons.length === 1);
    expect(reasons).toEqual(['stopped']);
    expect((await call('GET', `/status/${id}`)).body).toMatchObject({ status: 'CANCELLED' });
  });

  it('gives its handler the input in the type that its parser proves', async () => {
    platform = await startPlatform({ port: 0, limits: { leaseMs: 600_000 } });
    const { RUNPOD_WEBHOOK_PING: _, ...env } = platform.workerEnvironment('w-1');
    worker = startWorker({
      environment: parseWorkerEnvironment(env),
      log: () => undefined,
      timing: { latePollMs: 200 },
      parseInput: (input): { readonly words: readonly string[] } => {
        const { words } = input as { words?: unknown };
        if (Array.isArray(words)) return { words: words.map(String) };
        throw new InvalidInputError('invalid_option', 'Expected words.');
      },
      handler: ({ input }) => input.words.join(' '),
    });
    const call = caller(platform.url);
    const good = await call('POST', '/runsync', { input: { words: ['a', 1] } });
    expect(good.body).toMatchObject({ status: 'COMPLETED', output: 'a 1' });
    const bad = await call('POST', '/runsync', { input: { words: 'a' } });
    expect(JSON.parse(String(bad.body.error))).toMatchObject({ code: 'invalid_option' });
  });

  it('trusts the author of a handler that names the type of its input', () => {
    const handler: JobHandler<{ readonly name: string }> = ({ input }) => `hello ${input.name}`;
    expect(handlerOfAnyInput({ handler })({ id: '1', input: { name: 'Ann' } }, {} as JobContext)).toBe(
      'hello Ann',
    );
    platform = { close: () => Promise.resolve() } as RunningPlatform;
  });
});
