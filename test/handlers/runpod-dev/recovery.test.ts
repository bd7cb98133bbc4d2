import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform } from '../../../handlers/runpod-dev/index.ts';
import type { BundledPrograms } from '../../support/bundle-program.ts';
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

function startProgram(port: number, folder: string): ChildProcess {
  const worker = [process.execPath, programs.path('test-worker')];
  return spawn(
    process.execPath,
    [
      programs.path('test-platform'),
      '--port',
      String(port),
      '--workers',
      '2',
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
