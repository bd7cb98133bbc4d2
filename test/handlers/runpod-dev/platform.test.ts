import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  startPlatform,
  type PlatformOptions,
  type RunningPlatform,
} from '../../../handlers/runpod-dev/index.ts';
import type { BundledPrograms } from '../../support/bundle-program.ts';
import { caller, finalStates, type PlatformCall } from './platform-call.ts';
import { buildPrograms } from './programs.ts';

let programs: BundledPrograms;
let platform: RunningPlatform | undefined;
beforeAll(async () => {
  programs = await buildPrograms();
});
afterEach(async () => {
  await platform?.close();
  platform = undefined;
});
afterAll(() => programs.remove());

async function start(options: PlatformOptions = {}): Promise<PlatformCall> {
  platform = await startPlatform({ port: 0, stopMs: 5_000, ...options });
  return caller(platform.url);
}

function withWorkers(count: number, env: Record<string, string> = {}): PlatformOptions {
  return {
    workers: count,
    pingIntervalMs: 1_000,
    workerCommand: {
      program: process.execPath,
      args: [programs.path('test-worker')],
      env: { ...process.env, ...env },
    },
  };
}

describe('the public API with a real worker', () => {
  it('runs a job that was submitted with /run, and shows its result and times', async () => {
    const call = await start(withWorkers(1));
    const { status, body } = await call('POST', '/run', { input: { echo: 1 } });
    expect(status).toBe(200);
    expect(body).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}-u1$/) as string, status: 'IN_QUEUE' });
    const result = (await finalStates(call, [String(body.id)], 20_000)).get(String(body.id))!;
    expect(result).toMatchObject({ status: 'COMPLETED', output: { ran: { echo: 1 } } });
    expect(result.delayTime).toBeTypeOf('number');
    expect(result.executionTime).toBeTypeOf('number');
    expect(result.workerId).toMatch(/^local-/);
  });

  it('answers a submission with a known idempotencyKey by the job that it has, and 409 when it is other work', async () => {
    const call = await start({});
    const input = { task: 'x', audio: { url: 'a' }, idempotencyKey: 'mine' };
    const { body: first } = await call('POST', '/run', { input });
    const again = await call('POST', '/run', { input: { ...input, audio: { url: 'b' } } });
    expect(again.body).toEqual(first);
    expect((await call('POST', '/runsync?wait=1000', { input })).body).toMatchObject({ id: first.id });
    const other = await call('POST', '/run', { input: { ...input, task: 'y' } });
    expect(other.status).toBe(409);
    const { body: health } = await call('GET', '/health');
    expect(health.jobs).toMatchObject({ inQueue: 1 });
    await call('POST', `/cancel/${String(first.id)}`);
    expect((await call('POST', '/run', { input })).body.id).not.toBe(first.id);
  });

  it('answers /runsync with the result, and with the state when the wait is over before the job', async () => {
    const call = await start(withWorkers(1));
    const done = await call('POST', '/runsync', { input: { echo: 2 } });
    expect(done.body).toMatchObject({ status: 'COMPLETED', output: { ran: { echo: 2 } } });
    expect(done.body.id).toMatch(/^sync-/);
    const open = await call('POST', '/runsync?wait=1000', { input: { sleepMs: 3_000 } });
    expect(open.body).toMatchObject({ status: 'IN_PROGRESS' });
    const late = await call('GET', `/status-sync/${String(open.body.id)}`);
    expect(late.body).toMatchObject({ status: 'COMPLETED' });
  });

  it('reports a failing handler as FAILED with its error as text, and goes on', async () => {
    const call = await start(withWorkers(1));
    const { body } = await call('POST', '/runsync', { input: { fail: 'no luck' } });
    expect(body.status).toBe('FAILED');
    expect(JSON.parse(String(body.error))).toMatchObject({ error_type: 'Error', error_message: 'no luck' });
    expect(String(body.error)).not.toContain('at ');
    const next = await call('POST', '/runsync', { input: { echo: 3 } });
    expect(next.body.status).toBe('COMPLETED');
  });

  it('hands out streamed values once, in order, with the last ones beside the final state', async () => {
    const call = await start(withWorkers(1));
    const { body } = await call('POST', '/run', { input: { chunks: 7 } });
    const values: unknown[] = [];
    for (;;) {
      const { body: part } = await call('GET', `/stream/${String(body.id)}`);
      values.push(...(part.stream as { output: unknown }[]).map(({ output }) => output));
      if (part.status === 'COMPLETED') break;
    }
    expect(values).toEqual(Array.from({ length: 7 }, (_, i) => ({ i })));
    expect((await call('GET', `/stream/${String(body.id)}`)).body).toEqual({
      status: 'COMPLETED',
      stream: [],
    });
  });

  it('shows progress as output while the job runs', async () => {
    const call = await start(withWorkers(1));
    const { body } = await call('POST', '/run', { input: { progress: { percent: 40 }, sleepMs: 20_000 } });
    for (;;) {
      const { body: now } = await call('GET', `/status/${String(body.id)}`);
      if (now.output !== undefined) {
        expect(now).toMatchObject({ status: 'IN_PROGRESS', output: { percent: 40 } });
        break;
      }
    }
    expect((await call('POST', `/cancel/${String(body.id)}`)).body.status).toBe('CANCELLED');
  });

  it('cancels a running job on the worker too, which takes the next one', async () => {
    const call = await start(withWorkers(1));
    const long = await call('POST', '/run', { input: { sleepMs: 60_000, progress: 1 } });
    while ((await call('GET', `/status/${String(long.body.id)}`)).body.output === undefined) /* starts */ ;
    await call('POST', `/cancel/${String(long.body.id)}`);
    const next = await call('POST', '/runsync?wait=20000', { input: { echo: 4 } });
    expect(next.body.status).toBe('COMPLETED');
    expect((await call('GET', `/status/${String(long.body.id)}`)).body).toMatchObject({
      status: 'CANCELLED',
    });
  });

  it('ends a job that runs too long as TIMED_OUT, and runs it again on /retry', async () => {
    const call = await start(withWorkers(1));
    const { body } = await call('POST', '/run', {
      input: { sleepMs: 60_000 },
      policy: { executionTimeout: 5_000 },
    });
    const state = (await finalStates(call, [String(body.id)], 30_000)).get(String(body.id))!;
    expect(state.status).toBe('TIMED_OUT');
    const retried = await call('POST', `/retry/${String(body.id)}`);
    expect(retried.body).toEqual({ id: body.id, status: 'IN_QUEUE' });
    expect((await call('POST', `/retry/${String(body.id)}`)).status).toBe(400);
  });

  it('replaces a worker that asks for it and one that dies', async () => {
    const call = await start(withWorkers(1));
    const before = (await call('POST', '/runsync', { input: {} })).body.output as { pid: number };
    process.kill(before.pid, 'SIGKILL');
    const after = (await call('POST', '/runsync', { input: {} })).body.output as { pid: number };
    expect(after.pid).not.toBe(before.pid);
  });
});

describe('the public API alone', () => {
  it('counts jobs and workers', async () => {
    const call = await start();
    await call('POST', '/run', { input: {} });
    expect((await call('GET', '/health')).body).toEqual({
      jobs: { inQueue: 1, inProgress: 0, completed: 0, failed: 0, retried: 0 },
      workers: { idle: 0, initializing: 0, ready: 0, running: 0, throttled: 0, unhealthy: 0 },
    });
  });

  it('removes waiting jobs on /purge-queue', async () => {
    const call = await start();
    const { body } = await call('POST', '/run', { input: {} });
    await call('POST', '/run', { input: {} });
    expect((await call('POST', '/purge-queue')).body).toEqual({ removed: 2, status: 'completed' });
    expect((await call('GET', `/status/${String(body.id)}`)).status).toBe(404);
  });

  it.each([
    ['no JSON', '{"input": ', 400],
    ['a list', [1], 400],
    ['no input', {}, 400],
    ['a webhook that is a number', { input: 1, webhook: 5 }, 400],
    ['a policy that is text', { input: 1, policy: 'fast' }, 400],
    ['a ttl of a second', { input: 1, policy: { ttl: 1_000 } }, 400],
    [
      'an execution timeout of eight days',
      { input: 1, policy: { executionTimeout: 8 * 24 * 3600_000 } },
      400,
    ],
    ['an input that is text', { input: 'text' }, 200],
  ])('takes or refuses a body with %s', async (_name, body, status) => {
    const call = await start();
    const reply = await call('POST', '/run', body);
    expect(reply.status).toBe(status);
    if (status === 400) expect(reply.body.error).toBeTypeOf('string');
  });

  it('knows its routes, methods and endpoint only', async () => {
    const call = await start();
    expect((await call('GET', '/run')).status).toBe(405);
    expect((await call('POST', '/status/x')).status).toBe(405);
    expect((await call('GET', '/status/x')).status).toBe(404);
    expect((await call('GET', '/status')).status).toBe(404);
    expect((await call('GET', '/constructor')).status).toBe(404);
    expect((await call('GET', '/status/%zz')).status).toBe(400);
    const elsewhere = caller(platform!.url.replace('/local', '/other'));
    expect((await elsewhere('POST', '/run', { input: {} })).status).toBe(404);
  });

  it('asks for the key when it has one', async () => {
    const call = await start({ apiKey: 'secret' });
    expect((await call('GET', '/health')).status).toBe(401);
    expect((await call('GET', '/health', undefined, { authorization: 'Bearer wrong!' })).status).toBe(401);
    expect((await call('GET', '/health', undefined, { authorization: 'Bearer secret' })).status).toBe(200);
  });

  it('refuses large bodies and too many calls when asked to', async () => {
    const call = await start({ sizeLimits: true, rateLimits: true });
    const large = JSON.stringify({ input: 'x'.repeat(10_000_000) });
    expect((await call('POST', '/run', large)).status).toBe(413);
    expect((await call('POST', '/runsync?wait=1000', large)).status).toBe(200);
    await call('POST', '/purge-queue');
    await call('POST', '/purge-queue');
    const third = await call('POST', '/purge-queue');
    expect(third.status).toBe(429);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('lets jobs vanish at the end of their lives, waiting or not', async () => {
    const call = await start({ limits: { ttlMs: 300, runSyncRetentionMs: 300 } });
    const { body } = await call('POST', '/run', { input: {} });
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect((await call('GET', `/status/${String(body.id)}`)).status).toBe(404);
    expect((await call('GET', '/health')).body.jobs).toMatchObject({ inQueue: 0 });
  });
});

describe('webhooks', () => {
  it('posts the final state with input, and again until the hook answers 200', async () => {
    const bodies: Record<string, unknown>[] = [];
    const hook = createServer((request, response) => {
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => {
        bodies.push(JSON.parse(text) as Record<string, unknown>);
        response.writeHead(bodies.length < 3 ? 500 : 200).end();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const webhook = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`;
    const call = await start({ ...withWorkers(1), allowPrivateWebhooks: true, webhookRetryDelayMs: 50 });
    const { body } = await call('POST', '/runsync', { input: { echo: 5 }, webhook });
    while (bodies.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(bodies).toHaveLength(3);
    expect(bodies[2]).toMatchObject({ id: body.id, status: 'COMPLETED', input: { echo: 5 }, webhook });
    hook.close();
  });

  it('never calls this machine unless allowed', async () => {
    let calls = 0;
    const hook = createServer((_request, response) => {
      calls += 1;
      response.end();
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const { port } = hook.address() as AddressInfo;
    const warnings: string[] = [];
    const call = await start({
      webhookRetryDelayMs: 10,
      log: (level, message) => level === 'warn' && warnings.push(message),
    });
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]']) {
      const { body } = await call('POST', '/run', { input: {}, webhook: `http://${host}:${port}/hook` });
      await call('POST', `/cancel/${String(body.id)}`);
    }
    while (warnings.length < 18) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toBe(0);
    hook.close();
  });
});
