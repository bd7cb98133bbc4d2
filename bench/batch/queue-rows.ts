/** A real Valkey or Redis: what a job costs, what the window holds, and workers of the built command that are killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import {
  BACK_OFF,
  KEEP_DONE,
  KEEP_FAILED,
  MOST_JOB_BYTES,
  QUEUE_NAME,
  QUEUE_PREFIX,
  WINDOW,
} from '../../handlers/batch/queue/queue-settings.ts';
import { type RealRedis } from '../../test/support/real-redis.ts';
import { endOf } from '../../test/support/run-cli.ts';
import { median, quantile, type Row } from '../support/row.ts';

const ROOT = join(import.meta.dirname, '..');
const JOBS = 2_000;

/** The built command as a process of its own. */
function startCli(args: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  const env = { PATH: process.env.PATH, HOME: tmpdir(), COLLOQUY_OFFLINE: '1', ...environment };
  return spawn(process.execPath, [join(ROOT, 'dist/cli.js'), ...args], { env });
}

/** As long as a real one. */
function jobOf(number: number) {
  const batch = {
    name: 'b-0123456789ab',
    store: 's3://store.example/transcripts',
    prefix: '2026/',
    files: 'results',
  };
  const key = `calls/2026/11/${String(number).padStart(12, '0')}.wav`;
  const item = {
    id: `i-${'a'.repeat(40)}`,
    store: 's3://store.example/calls',
    key,
    version: 'f'.repeat(32),
    sizeBytes: 1,
    name: key,
  };
  return { schemaVersion: 1, batch, item };
}

async function storeSeconds(client: Redis): Promise<number> {
  const info = await client.info('cpu');
  return ['user', 'sys'].reduce(
    (sum, kind) => sum + Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(info)?.[1]),
    0,
  );
}

/** Targets 5 and 6. */
export async function costOfJobs(redis: RealRedis): Promise<Row[]> {
  const client = new Redis(redis.url, { maxRetriesPerRequest: null });
  const connection = { connection: client, prefix: QUEUE_PREFIX, skipVersionCheck: true };
  const queue = new Queue(`${QUEUE_NAME}-bench`, connection);
  const options = {
    attempts: 5,
    backoff: BACK_OFF,
    removeOnComplete: KEEP_DONE,
    removeOnFail: KEEP_FAILED,
    sizeLimit: MOST_JOB_BYTES,
  };
  const memoryOf = async (): Promise<number> =>
    Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
  const [empty, before, storeBefore] = [await memoryOf(), process.cpuUsage(), await storeSeconds(client)];
  for (let number = 0; number < JOBS; number += 1)
    await queue.add('item', jobOf(number), { ...options, jobId: `i-${number}-target` });
  const full = await memoryOf();
  let done = 0;
  const worker = new Worker(`${QUEUE_NAME}-bench`, () => Promise.resolve((done += 1)), {
    ...connection,
    concurrency: 2,
  });
  while (done < JOBS) await delay(10);
  const { user, system } = process.cpuUsage(before);
  const perJobMs = ((user + system) / 1e6 + (await storeSeconds(client)) - storeBefore) * (1000 / JOBS);
  const waits: number[] = [];
  for (let number = 0; number < 50; number += 1) {
    const [seen, started] = [done, performance.now()];
    await queue.add('item', jobOf(number), { ...options, jobId: `w-${number}-target` });
    while (done === seen) await delay(1);
    waits.push(performance.now() - started);
  }
  await worker.close();
  await queue.close();
  client.disconnect();
  const windowMb = (WINDOW / JOBS) * ((full - empty) / 2 ** 20);
  return [
    {
      what: '5: processor of client and store together for a job; from adding to its start, 95 of 100',
      target: '< 2 ms; < 50 ms on an idle machine',
      measured: `${perJobMs.toFixed(2)} ms; ${quantile(waits, 0.95).toFixed(0)} ms (median ${median(waits).toFixed(0)})`,
      met: perJobMs < 2 && quantile(waits, 0.95) < 50,
    },
    {
      what: `6: memory of the store with the window of ${WINDOW} jobs, however many recordings there are`,
      target: '< 64 MB',
      measured: `${windowMb.toFixed(1)} MB more than empty (${(empty / 2 ** 20).toFixed(1)} MB)`,
      met: windowMb < 64,
    },
  ];
}

/** Targets 1 and 4: workers and submitters of the built command, all killed as kill -9 does. */
export async function kills(redis: RealRedis): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-bench-'));
  const [source, target] = [join(folder, 'in'), join(folder, 'out')];
  mkdirSync(source);
  const count = 12;
  for (let number = 0; number < count; number += 1)
    cpSync(
      join(ROOT, 'samples', number % 2 === 0 ? 'library.wav' : 'two-speakers.wav'),
      join(source, `${number}.wav`),
    );
  const environment = { COLLOQUY_QUEUE: redis.url };
  const work = () => startCli(['batch', 'work', '--queue', '--json', '--threads', '1'], environment);
  const submit = () =>
    startCli(
      ['batch', 'run', source, '--to', target, '--job', 'diarize', '--format', 'rttm', '--queue', '--json'],
      environment,
    );
  const client = new Redis(redis.url, { maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  const queue = new Queue(QUEUE_NAME, { connection: client, prefix: QUEUE_PREFIX, skipVersionCheck: true });
  queue.on('error', () => undefined);
  const restarts: number[] = [];
  let [killed, storeKills, submitterKills] = [0, 0, 0];
  let submitter = submit();
  let workers = [work(), work()];
  const ended = (): number => endsOf(target, 'result.json');
  const until = performance.now() + 360_000;
  while (ended() < count && performance.now() < until) {
    await delay(9_000);
    if (ended() >= count) break;
    const active = await queue.getActive();
    const starts = new Map(active.map(({ id, attemptsStarted }) => [id, attemptsStarted]));
    const victim = workers.shift()!;
    victim.kill('SIGKILL');
    killed += 1;
    const at = performance.now();
    workers.push(work());
    if (killed === 2) {
      submitter.kill('SIGKILL');
      submitterKills += 1;
      submitter = submit();
    }
    if (killed === 3) {
      await redis.kill();
      await delay(500);
      await redis.start();
      storeKills += 1;
      continue;
    }
    // Those of the dead worker are begun once more; others end.
    for (let over = false; !over && performance.now() - at < 30_000 && ended() < count;) {
      await delay(100);
      for (const [id, before] of starts) {
        const job = await queue.getJob(id!);
        if (job !== undefined && job.attemptsStarted > before) over = true;
      }
      if (over) restarts.push((performance.now() - at) / 1000);
    }
  }
  const [results, dead] = [ended(), endsOf(target, 'dead.json')];
  const told = await Promise.race([endOf(submitter), delay(30_000)]);
  for (const child of [...workers, submitter]) child.kill('SIGKILL');
  workers = [];
  await queue.close().catch(() => undefined);
  client.disconnect();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const most = Math.max(0, ...restarts);
  return [
    {
      what: `1: ${count} recordings (16 min) with the real engine on two workers, one killed every 9 s or later; the submitter killed, the store killed`,
      target: 'all end, no dead letter, no file twice',
      measured: `${results} of ${count}, ${dead} dead; ${killed} workers, ${submitterKills} submitter, ${storeKills} store killed; the submitter ends with ${told === undefined ? 'nothing' : told.code}`,
      met: results === count && dead === 0 && told?.code === 0,
    },
    {
      what: `4: from the death of a worker process to the next start of its recording, ${restarts.length} times`,
      target: '< 20 s',
      measured:
        restarts.length === 0
          ? 'not seen'
          : `at most ${most.toFixed(1)} s (median ${median(restarts).toFixed(1)} s)`,
      met: restarts.length > 0 && most < 20,
    },
  ];
}

function endsOf(target: string, last: string): number {
  try {
    return readdirSync(target, { recursive: true }).filter((path) => String(path).endsWith(`/${last}`))
      .length;
  } catch {
    return 0;
  }
}
