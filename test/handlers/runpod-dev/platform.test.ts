import { createServer, request } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
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

  it('asks callers and workers for the key when it has one', async () => {
    const call = await start({ apiKey: 'secret' });
    const paths = [
      ['GET', '/health'],
      ['POST', '/run'],
      ['GET', '/job-take/stranger'],
      ['GET', '/job-take-batch/stranger'],
      ['GET', '/job-stop/stranger'],
      ['POST', '/job-done/stranger/x'],
      ['POST', '/job-stream/stranger/x'],
      ['GET', '/ping/stranger'],
      ['GET', '/nothing'],
    ] as const;
    for (const [method, path] of paths) {
      const body = method === 'POST' ? { input: 1 } : undefined;
      for (const authorization of ['', 'Bearer wrong!', 'Bearer secre', 'secrets', 'local']) {
        expect((await call(method, path, body, { authorization })).status, path).toBe(401);
      }
    }
    const authorization = 'Bearer secret';
    const { body } = await call('POST', '/run', { input: 1 }, { authorization });
    expect((await call('GET', '/health', undefined, { authorization })).body.jobs).toMatchObject({
      inQueue: 1,
    });
    const worker = { authorization: 'secret' };
    expect((await call('GET', '/job-take/w', undefined, worker)).body).toMatchObject({ id: body.id });
  });

  it('works with workers that it has given its key', async () => {
    const call = await start({ ...withWorkers(1), apiKey: 'secret' });
    const reply = await call('POST', '/runsync', { input: { echo: 1 } }, { authorization: 'Bearer secret' });
    expect(reply.body).toMatchObject({ status: 'COMPLETED' });
  });

  it.each(['0.0.0.0', '::', '192.168.1.10', 'gpu.lan'])(
    'does not listen on %s without a key',
    async (host) => {
      await expect(startPlatform({ port: 0, host })).rejects.toMatchObject({
        code: 'configuration_invalid',
        message: expect.stringContaining('--api-key') as string,
      });
      await expect(startPlatform({ port: 0, host: '127.0.0.1', apiKey: '' })).rejects.toMatchObject({
        code: 'configuration_invalid',
      });
    },
  );

  it('listens on every address with a key, also for its own workers, and on IPv6', async () => {
    const everywhere = await start({ ...withWorkers(1), host: '0.0.0.0', apiKey: 'secret' });
    const keyed = { authorization: 'Bearer secret' };
    expect((await everywhere('POST', '/runsync', { input: {} }, keyed)).body.status).toBe('COMPLETED');
    await platform!.close();
    const six = await start({ ...withWorkers(1), host: '::1' });
    expect(platform!.url).toMatch(/^http:\/\/\[::1\]:\d+\/v2\/local$/);
    expect((await six('POST', '/runsync', { input: {} })).body.status).toBe('COMPLETED');
  });

  it('takes nothing from web pages: another origin, a rebound name, forms and plain text', async () => {
    const call = await start();
    const { port } = platform!;
    const job = { input: {} };
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: `http://127.0.0.1:${port + 1}` },
    ]) {
      expect((await call('POST', '/run', job, headers)).status).toBe(403);
      expect((await call('POST', '/purge-queue', undefined, headers)).status).toBe(403);
      expect((await call('GET', '/job-take/page', undefined, headers)).status).toBe(403);
    }
    expect(await rawStatus(port, 'GET /v2/local/health HTTP/1.1\r\nHost: evil.example\r\n')).toBe(403);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const reply = await call('POST', '/run', JSON.stringify(job), { 'content-type': type });
      expect(reply.status).toBe(415);
    }
    const own = { origin: `http://127.0.0.1:${port}` };
    expect((await call('POST', '/run', job, own)).status).toBe(200);
    expect((await call('GET', '/health')).body.jobs).toMatchObject({ inQueue: 1 });
  });

  it('answers /run with IN_QUEUE, however soon a worker takes the job', async () => {
    const call = await start();
    for (let i = 0; i < 20; i++) {
      const taking = call('GET', '/job-take/hungry');
      await new Promise((resolve) => setTimeout(resolve, 5));
      const { body } = await call('POST', '/run', { input: i });
      expect(body.status).toBe('IN_QUEUE');
      expect((await taking).body.id).toBe(body.id);
    }
  });

  it('is not ended by values that nothing can write out again, from callers or workers', async () => {
    const call = await start();
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    for (const path of ['/run', '/runsync?wait=1000']) {
      const reply = await call('POST', path, `{"input": ${deep}}`);
      expect(reply.status).toBe(400);
      expect(reply.body.error).toContain('deeper than 500');
    }
    const { body } = await call('POST', '/run', { input: 1, webhook: 'http://127.0.0.1:1/' });
    await call('GET', '/job-take/w');
    const id = String(body.id);
    for (const posted of [`{"status": "IN_PROGRESS", "output": ${deep}}`, `{"output": ${deep}}`]) {
      expect((await call('POST', `/job-done/w/${id}`, posted)).status).toBe(400);
    }
    expect((await call('POST', `/job-stream/w/${id}`, `{"output": ${deep}}`)).status).toBe(400);
    expect((await call('POST', `/run`, `{"input": 1, "s3Config": ${deep}}`)).status).toBe(400);
    for (const path of ['//', '/v2/local/status/%zz', '/v2/local/run/../../x', '*', 'http://', '/\u0000']) {
      const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n`;
      expect(await rawStatus(platform!.port, request), path).toBeGreaterThanOrEqual(400);
    }
    expect((await call('POST', `/job-done/w/${id}`, { output: 'well' })).status).toBe(200);
    expect((await call('GET', `/status/${id}`)).body).toMatchObject({ status: 'COMPLETED', output: 'well' });
  });

  it('hands on inputs and results digit by digit', async () => {
    const call = await start();
    const exact = '{"large": 123456789012345678901234567890, "small": 1e-400, "text": "\\ud800 \u00fc"}';
    const { body } = await call('POST', '/run', `{"input": ${exact}}`);
    const taken = await fetch(`${platform!.url}/job-take/w`);
    expect(await taken.text()).toBe(`{"id":"${String(body.id)}","input":${exact}}`);
    await call('POST', `/job-done/w/${String(body.id)}`, `{"output": ${exact}}`);
    const status = await fetch(`${platform!.url}/status/${String(body.id)}`);
    expect(await status.text()).toContain(`"output":${exact}`);
  });

  it('reads an error as RunPod does: text fails, anything else loses the output', async () => {
    const call = await start();
    const post = async (result: unknown): Promise<unknown> => {
      const { body } = await call('POST', '/run', { input: 1 });
      await call('GET', '/job-take/w');
      await call('POST', `/job-done/w/${String(body.id)}`, result);
      const { status, output, error } = (await call('GET', `/status/${String(body.id)}`)).body;
      return { status, output, error };
    };
    expect(await post({ error: 'e', output: 1 })).toEqual({ status: 'FAILED', output: 1, error: 'e' });
    expect(await post({ error: { code: 7 }, output: 1 })).toEqual({ status: 'COMPLETED' });
    expect(await post({ error: '' })).toEqual({ status: 'FAILED', error: '' });
    expect(await post({ error: null, output: 2 })).toEqual({ status: 'COMPLETED', output: 2 });
  });

  it('keeps results within its limit, the newest ones, and takes no more jobs than there is room for', async () => {
    const call = await start({ limits: { maxKeptBytes: 1_000_000 } });
    const large = 'x'.repeat(300_000);
    const ids: string[] = [];
    for (let i = 0; i < 8; i++) {
      const { body } = await call('POST', '/run', { input: i });
      ids.push(String(body.id));
      await call('GET', '/job-take/w');
      expect((await call('POST', `/job-done/w/${String(body.id)}`, { output: large })).status).toBe(200);
    }
    const states = await Promise.all(ids.map(async (id) => (await call('GET', `/status/${id}`)).status));
    expect(states).toEqual([404, 404, 404, 404, 404, 200, 200, 200]);
    const submitted: number[] = [];
    for (let i = 0; i < 5; i++) {
      const reply = await call('POST', '/run', { input: large });
      submitted.push(reply.status);
      if (reply.status === 429) expect(reply.headers.get('retry-after')).toBe('5');
    }
    expect(submitted).toEqual([200, 200, 200, 429, 429]);
    const second = (await call('GET', '/job-take/w')).body;
    expect((await call('POST', `/job-done/w/${String(second.id)}`, { output: 'small' })).status).toBe(200);
    expect((await call('POST', '/run', { input: large })).status).toBe(200);
  });

  it('refuses large bodies and too many calls when asked to', async () => {
    const call = await start({ sizeLimits: true, rateLimits: true });
    const large = JSON.stringify({ input: 'x'.repeat(10_000_000) });
    expect((await call('POST', '/run', large)).status).toBe(413);
    expect(await statusAfterSending(`${platform!.url}/run`, Buffer.alloc(100_000_000, 0x20))).toBe(413);
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

/** The status of the answer to a request that is sent as it stands. */
function rawStatus(port: number, head: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${head}\r\n`));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(Number(data.toString().split(' ')[1]));
    });
  });
}

/** As a client that sends all of its body before it looks at the answer. */
function statusAfterSending(url: string, body: Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const outgoing = request(url, { method: 'POST', headers });
    outgoing.once('error', reject);
    const answered = new Promise<number | undefined>((arrived) => {
      outgoing.once('response', (incoming) => arrived(incoming.resume().statusCode));
    });
    outgoing.end(body, () => void answered.then(resolve));
  });
}
