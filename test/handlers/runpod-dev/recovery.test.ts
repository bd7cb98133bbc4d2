import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform } from '../../../handlers/runpod-dev/index.ts';
import type { BundledPrograms } from '../../support/bundle-program.ts';
import { childrenOf, isRunning, residentBytes, until } from '../../support/processes.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { caller, finalStates } from './platform-call.ts';
import { buildPrograms } from './programs.ts';

let programs: BundledPrograms;
beforeAll(async () => {
  programs = await buildPrograms();
});
afterAll(() => programs.remove());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('kill -9', () => {
  it(
    'of workers at 20 random moments over 100 jobs loses none and doubles none',
    { timeout: 180_000 },
    async () => {
      const random = seededRandom(20_26);
      const results: string[] = [];
      const platform = await startPlatform({
        port: 0,
        workers: 3,
        pingIntervalMs: 1_000,
        stopMs: 5_000,
        // With 20 kills among 3 workers a job may well be hit several times.
        limits: { maxAttempts: 20 },
        workerCommand: { program: process.execPath, args: [programs.path('test-worker')], env: process.env },
        log: (_level, message) => results.push(message),
      });
      const call = caller(platform.url);
      const ids: string[] = [];
      for (let i = 0; i < 100; i++) {
        const { body } = await call('POST', '/run', {
          input: { sleepMs: Math.floor(random() * 150), echo: i },
        });
        ids.push(String(body.id));
      }
      for (let kill = 0; kill < 20; kill++) {
        await pause(50 + random() * 250);
        const { workers } = platform;
        const victim = workers[Math.floor(random() * workers.length)];
        if (victim !== undefined) process.kill(victim.pid, 'SIGKILL');
      }
      const done = await finalStates(call, ids, 120_000);
      await platform.close();
      expect(new Set([...done.values()].map(({ status }) => status))).toEqual(new Set(['COMPLETED']));
      const echoes = [...done.values()].map(({ output }) => (output as { ran: { echo: number } }).ran.echo);
      expect(echoes.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    },
  );

  it('of a job’s every worker fails the job after three attempts', { timeout: 60_000 }, async () => {
    const platform = await startPlatform({
      port: 0,
      stopMs: 5_000,
      workerCommand: { program: process.execPath, args: [programs.path('test-worker')], env: process.env },
    });
    const call = caller(platform.url);
    const { body } = await call('POST', '/run', { input: { sleepMs: 60_000, progress: 'up' } });
    for (let attempt = 0; attempt < 3; attempt++) {
      let state = await call('GET', `/status/${String(body.id)}`);
      while (state.body.output !== 'up') {
        await pause(20);
        state = await call('GET', `/status/${String(body.id)}`);
      }
      process.kill(platform.workers[0]!.pid, 'SIGKILL');
      while ((await call('GET', `/status/${String(body.id)}`)).body.output === 'up') await pause(20);
    }
    const { body: end } = await call('GET', `/status/${String(body.id)}`);
    await platform.close();
    expect(end).toMatchObject({ status: 'FAILED', retries: 2 });
    expect(end.error).toContain('3 times');
  });

  it('of the platform loses no job that was accepted and no result', { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'colloquy-platform-'));
    const port = await freePort();
    let platform = startProgram(port, folder);
    const call = caller(`http://127.0.0.1:${port}/v2/local`);
    await ready(call);
    const ids: string[] = [];
    const early = await call('POST', '/runsync', { input: { echo: 'early' } });
    for (let i = 0; i < 30; i++) {
      const { body } = await call('POST', '/run', { input: { sleepMs: 100, echo: i } });
      ids.push(String(body.id));
    }
    await pause(700);
    await kill(platform);
    platform = startProgram(port, folder);
    await ready(call);
    const done = await finalStates(call, ids, 60_000);
    const kept = await call('GET', `/status/${String(early.body.id)}`);
    platform.kill('SIGTERM');
    await new Promise((resolve) => platform.once('exit', resolve));
    rmSync(folder, { recursive: true });
    expect(kept.body).toEqual(early.body);
    const echoes = ids.map((id) => (done.get(id)!.output as { ran: { echo: number } }).ran.echo);
    expect(echoes).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });
});

describe('large jobs', () => {
  it(
    '28 of 20 MB survive a kill -9 of the platform, and leave neither memory nor files behind',
    { timeout: 180_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'colloquy-platform-'));
      const port = await freePort();
      const options = ['--workers', '0'];
      let platform = startProgram(port, folder, options);
      const call = caller(`http://127.0.0.1:${port}/v2/local`);
      await ready(call);
      const ids: string[] = [];
      for (let i = 0; i < 28; i++) {
        const input = JSON.stringify({ input: { i, large: String(i % 10).repeat(20_000_000) } });
        const { status, body } = await call('POST', '/run', input);
        expect(status).toBe(200);
        ids.push(String(body.id));
      }
      await kill(platform);
      platform = startProgram(port, folder, options);
      await ready(call);
      expect((await call('GET', '/health')).body.jobs).toMatchObject({ inQueue: 28 });
      // What is on disk is not in memory too: under 28 inputs.
      expect(residentBytes(platform.pid!)).toBeLessThan(500_000_000);
      for (const id of ids) {
        const { body: taken } = await call('GET', '/job-take/w');
        expect(taken.id).toBe(id);
        const { i, large } = taken.input as { i: number; large: string };
        expect([large.length, large.at(-1)]).toEqual([20_000_000, String(i % 10)]);
        await call('POST', `/job-done/w/${id}`, { output: { i } });
      }
      expect(readdirSync(join(folder, 'payloads')), 'inputs of ended jobs').toEqual([]);
      platform.kill('SIGTERM');
      await new Promise((resolve) => platform.once('exit', resolve));
      rmSync(folder, { recursive: true });
    },
  );
});

describe('a restart', () => {
  it('goes on counting', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'colloquy-platform-'));
    let platform = await startPlatform({ port: 0, dataFolder });
    let call = caller(platform.url);
    for (const result of [{ output: 1 }, { error: 'no' }, { output: 2 }]) {
      const { body } = await call('POST', '/run', { input: 1 });
      await call('GET', '/job-take/w');
      await call('POST', `/job-done/w/${String(body.id)}`, result);
      if ('error' in result) await call('POST', `/retry/${String(body.id)}`);
    }
    // The job that was put back is the one that was taken last.
    const counted = { completed: 2, failed: 1, retried: 1, inQueue: 0, inProgress: 1 };
    const { body: before } = await call('GET', '/health');
    await platform.close();
    for (let restart = 0; restart < 2; restart++) {
      platform = await startPlatform({ port: 0, dataFolder });
      call = caller(platform.url);
      expect((await call('GET', '/health')).body.jobs).toEqual(before.jobs);
      await platform.close();
    }
    rmSync(dataFolder, { recursive: true });
    expect(before.jobs).toEqual(counted);
  });

  it('with a journal that cannot be read says so, and destroys nothing', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'colloquy-platform-'));
    writeFileSync(join(dataFolder, 'journal-3.jsonl'), 'not a journal\n');
    await expect(startPlatform({ port: 0, dataFolder })).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining('line 1 of journal-3.jsonl') as string,
    });
    expect(readFileSync(join(dataFolder, 'journal-3.jsonl'), 'utf8')).toBe('not a journal\n');
    rmSync(dataFolder, { recursive: true });
  });
});

describe('a second signal', () => {
  it('ends the platform and its workers at once, whatever they do', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'colloquy-platform-'));
    const port = await freePort();
    const platform = startProgram(port, folder);
    const call = caller(`http://127.0.0.1:${port}/v2/local`);
    await ready(call);
    // Blocks the thread of its worker: nothing that is asked of it is heard.
    await call('POST', '/run', { input: { blockMs: 60_000 } });
    while (((await call('GET', '/health')).body.jobs as { inProgress: number }).inProgress === 0)
      await pause(50);
    const workers = childrenOf(platform.pid!);
    expect(workers).toHaveLength(2);
    const ended = new Promise<unknown>((resolve) => platform.once('exit', (code) => resolve(code)));
    platform.kill('SIGINT');
    await pause(300);
    expect(platform.exitCode).toBeNull();
    platform.kill('SIGINT');
    expect(await ended).toBe(130);
    await until('the workers are gone', () => workers.every((pid) => !isRunning(pid)));
    rmSync(folder, { recursive: true });
  });
});

it('500 no-op jobs through four workers: none lost, none doubled', { timeout: 120_000 }, async () => {
  const platform = await startPlatform({
    port: 0,
    workers: 4,
    stopMs: 5_000,
    workerCommand: {
      program: process.execPath,
      args: [programs.path('test-worker')],
      env: { ...process.env, TEST_CONCURRENCY: '2', RUNPOD_LOG_LEVEL: 'ERROR' },
    },
  });
  const call = caller(platform.url);
  const submitted = await Promise.all(
    Array.from({ length: 500 }, (_, i) => call('POST', '/run', { input: { echo: i } })),
  );
  const ids = submitted.map(({ body }) => String(body.id));
  const done = await finalStates(call, ids, 90_000);
  const { body: health } = await call('GET', '/health');
  await platform.close();
  const echoes = ids.map((id) => (done.get(id)!.output as { ran: { echo: number } }).ran.echo);
  expect(echoes).toEqual(Array.from({ length: 500 }, (_, i) => i));
  expect(health.jobs).toEqual({ inQueue: 0, inProgress: 0, completed: 500, failed: 0, retried: 0 });
});

function startProgram(port: number, folder: string, options = ['--workers', '2']): ChildProcess {
  const worker = [process.execPath, programs.path('test-worker')];
  return spawn(
    process.execPath,
    [
      programs.path('test-platform'),
      '--port',
      String(port),
      ...options,
      '--data',
      folder,
      '--quiet',
      '--',
      ...worker,
    ],
    { stdio: 'ignore' },
  );
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
}

async function ready(call: ReturnType<typeof caller>): Promise<void> {
  for (;;) {
    const reply = await call('GET', '/health').catch(() => undefined);
    if (reply?.status === 200) return;
    await pause(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return (address as { port: number }).port;
}
