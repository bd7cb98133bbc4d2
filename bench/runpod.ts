/** The RunPod worker and the local platform: what they add to a job, and that they lose none. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startPlatform, type WorkerCommand } from '../handlers/runpod-dev/index.ts';
import { bundlePrograms, type BundledPrograms } from '../test/support/bundle-program.ts';
import { caller, finalStates, type PlatformCall } from '../test/handlers/runpod-dev/platform-call.ts';
import { childrenOf } from '../test/support/processes.ts';
import { median, type Benchmark, type Row } from './support/row.ts';

const ROUND_TRIPS = 500;
const BACK_TO_BACK_JOBS = 200;
/** The original waits up to a second between two jobs. */
const PYTHON_BACK_TO_BACK_JOBS = 10;
const BLOCK_MS = 30_000;
const MANY_JOBS = 10_000;
const ROUNDS = 10;

/** The same as no-op-worker.ts, for the original worker. */
const PYTHON_WORKER = `
import time, runpod
def handler(job):
    start = time.time() * 1000
    return {"start": start, "end": time.time() * 1000}
runpod.serverless.start({"handler": handler})
`;

async function measure(): Promise<Row[]> {
  const programs = await bundlePrograms({
    'no-op-worker': 'bench/support/no-op-worker.ts',
    'test-platform': 'test/handlers/runpod-dev/programs/test-platform.ts',
    'heartbeat-thread': 'handlers/runpod/platform/heartbeat-thread.ts',
  });
  const env = { ...process.env, RUNPOD_LOG_LEVEL: 'ERROR' };
  const ours: WorkerCommand = { program: process.execPath, args: [programs.path('no-op-worker')], env };
  try {
    return [
      await roundTrip(ours),
      await idleGap('worker', ours, BACK_TO_BACK_JOBS, '≤ 10 ms', (gap) => gap <= 10),
      ...(await pythonIdleGap(programs)),
      await heartbeat(programs),
      await manyJobs(programs),
      ...(await memoryOverJobs(programs)),
    ];
  } finally {
    programs.remove();
  }
}

/** From the submission to the result at the caller: more than the time from taking the job to its visible result. */
async function roundTrip(workerCommand: WorkerCommand): Promise<Row> {
  const platform = await startPlatform({ port: 0, workerCommand });
  const call = caller(platform.url);
  for (let i = 0; i < 50; i++) await call('POST', '/runsync', { input: {} });
  const times: number[] = [];
  for (let i = 0; i < ROUND_TRIPS; i++) {
    const start = performance.now();
    await call('POST', '/runsync', { input: {} });
    times.push(performance.now() - start);
  }
  await platform.close();
  const p50 = median(times);
  return {
    what: `no-op job, concurrency 1: submission to result at the caller (${ROUND_TRIPS} × /runsync)`,
    target: '≤ 5 ms (from taken to visible)',
    measured: `p50 ${p50.toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`,
    met: p50 <= 5,
  };
}

async function idleGap(
  name: string,
  workerCommand: WorkerCommand,
  count: number,
  target: string,
  isMet?: (gap: number) => boolean,
): Promise<Row> {
  const platform = await startPlatform({ port: 0, workerCommand });
  const call = caller(platform.url);
  await call('POST', '/runsync', { input: {} });
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push(String((await call('POST', '/run', { input: {} })).body.id));
  const done = await finalStates(call, ids, 120_000);
  await platform.close();
  const spans = [...done.values()].map(({ output }) => output as { start: number; end: number });
  spans.sort((a, b) => a.start - b.start);
  const gaps = spans.slice(1).map(({ start }, i) => start - spans[i]!.end);
  const p50 = median(gaps);
  return {
    what: `back-to-back jobs, concurrency 1: idle between two, ${name} (${count} jobs)`,
    target,
    measured: `p50 ${p50.toFixed(1)} ms, p99 ${percentile(gaps, 0.99).toFixed(1)} ms`,
    ...(isMet === undefined ? {} : { met: isMet(p50) }),
  };
}

/** Beside ours, where an interpreter with the package is there. */
async function pythonIdleGap(programs: BundledPrograms): Promise<Row[]> {
  const python = process.env.COLLOQUY_PYTHON ?? 'python3';
  try {
    execFileSync(python, ['-c', 'import runpod'], { stdio: 'ignore' });
  } catch {
    console.warn(`skipped: ${python} has no package runpod (set COLLOQUY_PYTHON)`);
    return [];
  }
  const script = join(programs.folder, 'worker.py');
  writeFileSync(script, PYTHON_WORKER);
  const command = { program: python, args: [script], env: process.env };
  return [await idleGap('Python worker runpod', command, PYTHON_BACK_TO_BACK_JOBS, '–')];
}

/** Pings every second while the handler blocks its thread. */
async function heartbeat(programs: BundledPrograms): Promise<Row> {
  const intervalMs = 1_000;
  const pings: number[] = [];
  let isTaken = false;
  let isDone: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (isDone = resolve));
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    if (url.includes('/ping/')) pings.push(performance.now());
    if (url.includes('/job-done/')) isDone();
    if (url.includes('/job-take/') && !isTaken) {
      isTaken = true;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: 'job-1', input: { blockMs: BLOCK_MS } }));
    } else if (!url.includes('/job-take/') && !url.includes('/job-stop/')) response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/x`;
  const child = spawn(process.execPath, [programs.path('no-op-worker')], {
    stdio: 'ignore',
    env: {
      ...process.env,
      RUNPOD_LOG_LEVEL: 'ERROR',
      RUNPOD_WEBHOOK_GET_JOB: `${base}/job-take/$ID`,
      RUNPOD_WEBHOOK_POST_OUTPUT: `${base}/job-done/$RUNPOD_POD_ID/$ID`,
      RUNPOD_WEBHOOK_PING: `${base}/ping/$RUNPOD_POD_ID`,
      RUNPOD_PING_INTERVAL: String(intervalMs),
      RUNPOD_AI_API_KEY: 'key',
      RUNPOD_POD_ID: 'w-1',
    },
  });
  await done;
  child.kill('SIGKILL');
  server.closeAllConnections();
  server.close();
  const late = pings.slice(1).map((ms, i) => ms - pings[i]! - intervalMs);
  const worst = Math.max(...late);
  return {
    what: `heartbeat every ${intervalMs} ms during a computation of ${BLOCK_MS / 1000} s (${pings.length} pings)`,
    target: 'none late by more than 10 %',
    measured: `latest by ${((100 * worst) / intervalMs).toFixed(1)} %`,
    met: worst <= 0.1 * intervalMs,
  };
}

/** Many jobs through a platform process with four workers, each result counted. */
async function manyJobs(programs: BundledPrograms): Promise<Row> {
  const { child, call } = await startPlatformProcess(programs, 4);
  const start = performance.now();
  const ids = new Set<string>();
  let completed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { done, submitted } = await submitAndWait(call, MANY_JOBS / ROUNDS);
    submitted.forEach((id) => ids.add(id));
    completed += done;
  }
  const seconds = (performance.now() - start) / 1000;
  const { body } = await call('GET', '/health');
  child.kill('SIGTERM');
  const lost = MANY_JOBS - completed;
  const doubled = (body.jobs as { completed: number }).completed - ids.size;
  return {
    what: `${MANY_JOBS} no-op jobs through the platform, 4 workers`,
    target: '0 lost, 0 doubled',
    measured: `${lost} lost, ${doubled} doubled, ${Math.round(MANY_JOBS / seconds)} jobs/s`,
    met: lost === 0 && doubled === 0,
  };
}

/** Memory of one worker, and of the platform, once heaps have their working size: only a leak goes on growing. */
async function memoryOverJobs(programs: BundledPrograms): Promise<Row[]> {
  const { child, call } = await startPlatformProcess(programs, 1);
  const worker: number[] = [];
  const platform: number[] = [];
  for (let round = 0; round < 2 * ROUNDS; round++) {
    await submitAndWait(call, MANY_JOBS / ROUNDS);
    worker.push(residentMegabytes(childrenOf(child.pid!)[0]!));
    platform.push(residentMegabytes(child.pid!));
  }
  child.kill('SIGTERM');
  const betweenHalves = (values: readonly number[]): { text: string; growth: number } => {
    const [half, end] = [values[ROUNDS - 1]!, values.at(-1)!];
    return { text: `${half.toFixed(0)} MB, ${end.toFixed(0)} MB`, growth: end - half };
  };
  const [ofWorker, ofPlatform] = [betweenHalves(worker), betweenHalves(platform)];
  const after = `after ${MANY_JOBS} and after ${2 * MANY_JOBS} no-op jobs`;
  return [
    {
      what: `RSS of a worker ${after}`,
      target: 'flat (+ ≤ 5 MB)',
      measured: ofWorker.text,
      met: ofWorker.growth <= 5,
    },
    {
      // As RunPod does, it keeps every result for 30 minutes.
      what: `RSS of the platform, which keeps all results, ${after}`,
      target: '+ ≤ 2 kB a result',
      measured: ofPlatform.text,
      met: ofPlatform.growth * 1e6 <= 2_000 * MANY_JOBS,
    },
  ];
}

async function startPlatformProcess(
  programs: BundledPrograms,
  workers: number,
): Promise<{ child: ChildProcess; call: PlatformCall }> {
  const platform = [programs.path('test-platform'), '--port', '0', '--workers', String(workers)];
  const worker = [process.execPath, programs.path('no-op-worker')];
  const child = spawn(process.execPath, [...platform, '--', ...worker], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, RUNPOD_LOG_LEVEL: 'ERROR', BENCH_CONCURRENCY: '4' },
  });
  const url = await new Promise<string>((resolve) => {
    child.stdout.once('data', (text: Buffer) => resolve(/http:\S+/.exec(text.toString())![0]));
  });
  return { child, call: caller(url) };
}

async function submitAndWait(
  call: PlatformCall,
  count: number,
): Promise<{ done: number; submitted: string[] }> {
  const submitted: string[] = [];
  for (let i = 0; i < count; i += 50) {
    const replies = await Promise.all(Array.from({ length: 50 }, () => call('POST', '/run', { input: {} })));
    submitted.push(...replies.map(({ body }) => String(body.id)));
  }
  const states = await finalStates(call, submitted, 120_000);
  return { done: [...states.values()].filter(({ status }) => status === 'COMPLETED').length, submitted };
}

function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? Number.NaN) / 1024;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

export const runpod: Benchmark = { name: 'runpod', measure };
