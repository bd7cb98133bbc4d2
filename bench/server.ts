/** `colloquy serve` under load: memory of an upload, answers while it works, many short jobs, kills, what HTTP costs. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Colloquy } from '../sdk/index.ts';
import {
  startServer as start,
  stopServer as stop,
  type BenchServer as Server,
} from './support/bench-server.ts';
import { median, type Benchmark, type Row } from './support/row.ts';

const ROOT = join(import.meta.dirname, '..');
const LIBRARY = readFileSync(join(ROOT, 'samples/library.wav'));
const UPLOAD_BYTES = 300_000_000;
const KILLS = 20;

/** Resident memory of the server without that of its engine, MB. */
function rssOf({ child }: Server): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** A WAV file of silence, in pieces. */
function* silence(bytes: number): Generator<Uint8Array> {
  const head = Buffer.from(LIBRARY.subarray(0, 44));
  head.writeUInt32LE(bytes - 8, 4);
  head.writeUInt32LE(bytes - 44, 40);
  yield head;
  const piece = new Uint8Array(65_536);
  for (let sent = 44; sent < bytes; sent += piece.length)
    yield piece.subarray(0, Math.min(piece.length, bytes - sent));
}

async function upload({ url }: Server, bytes: number): Promise<number> {
  const init = { method: 'POST', body: ReadableStream.from(silence(bytes)), duplex: 'half' } as RequestInit;
  const reply = await fetch(`${url}/v1/recordings?name=long.wav`, init);
  await reply.text();
  return reply.status;
}

async function uploadMemory(server: Server): Promise<Row> {
  await upload(server, 10_000_000);
  const before = rssOf(server);
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, rssOf(server))), 20);
  const status = await upload(server, UPLOAD_BYTES);
  clearInterval(timer);
  const growth = most - before;
  return {
    what: 'server: upload of 300 MB, growth of resident memory',
    target: '< 40 MB',
    measured: `${growth.toFixed(0)} MB (${before.toFixed(0)} to ${most.toFixed(0)} MB), status ${status}`,
    met: growth < 40 && status === 201,
  };
}

async function answersUnderLoad(server: Server): Promise<Row> {
  const client = new Colloquy({ baseUrl: server.url });
  const audio = join(ROOT, 'samples/two-speakers.wav');
  const running = await client.submit({ task: 'transcribe', audio });
  const waiting = await client.submit({ task: 'diarize', audio });
  const gone = new AbortController();
  const streams = await Promise.all(
    Array.from({ length: 200 }, () =>
      fetch(`${server.url}/v1/jobs/${waiting.id}/events`, { signal: gone.signal }),
    ),
  );
  const state = { isUploading: true };
  const uploads = Promise.all(Array.from({ length: 8 }, () => upload(server, 30_000_000))).finally(() => {
    state.isUploading = false;
  });
  const times: number[] = [];
  while (state.isUploading || times.length < 100) {
    const started = performance.now();
    await (await fetch(`${server.url}/health/live`)).text();
    times.push(performance.now() - started);
    await delay(10);
  }
  const statuses = await uploads;
  gone.abort();
  await Promise.all([running.cancel(), waiting.cancel()]);
  const p99 = times.sort((a, b) => a - b)[Math.floor(0.99 * times.length)]!;
  const isWhole = streams.every(({ status }) => status === 200) && statuses.every((status) => status === 201);
  return {
    what: 'server: 200 idle SSE, 8 uploads of 30 MB, 1 job: /health/live p99',
    target: '< 50 ms',
    measured: `${p99.toFixed(0)} ms (median ${median(times).toFixed(0)} ms, ${times.length} looks, same machine asks)`,
    met: p99 < 50 && isWhole,
  };
}

async function shortJobs(server: Server): Promise<Row> {
  const client = new Colloquy({ baseUrl: server.url });
  const audio = new Uint8Array(LIBRARY.subarray(0, 44 + 32_000));
  await client.loudness(audio);
  const before = rssOf(server);
  const started = performance.now();
  const outcomes = await client.runAll(
    Array.from({ length: 200 }, () => ({ task: 'loudness' as const, audio })),
    { concurrency: 200 },
  );
  const seconds = (performance.now() - started) / 1000;
  const failed = outcomes.filter(({ status }) => status === 'rejected').length;
  const growth = rssOf(server) - before;
  return {
    what: 'server: 200 concurrent short jobs through the SDK',
    target: 'no error, flat memory (< 40 MB)',
    measured: `${failed} failed, ${seconds.toFixed(1)} s, memory ${growth >= 0 ? '+' : ''}${growth.toFixed(0)} MB`,
    met: failed === 0 && growth < 40,
  };
}

/** How long jobs of this task have run, as /metrics says it. */
async function jobSeconds({ url }: Server): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/colloquy_job_seconds_sum\{task="transcribe"\} (\S+)/.exec(text)?.[1] ?? 0);
}

async function overhead(server: Server): Promise<Row> {
  const ten = LIBRARY.subarray(0, 44 + 320_000);
  const extra: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(ten)]), 'ten.wav');
    form.append('language', 'en');
    const before = await jobSeconds(server);
    const started = performance.now();
    await (await fetch(`${server.url}/v1/transcribe`, { method: 'POST', body: form })).json();
    const whole = performance.now() - started;
    const engine = 1000 * ((await jobSeconds(server)) - before);
    if (round > 0) extra.push(whole - engine);
  }
  return {
    what: 'server: synchronous transcribe of 10 s, beyond the time that its job ran (median of 8)',
    target: '< 20 ms',
    measured: `${median(extra).toFixed(0)} ms (${Math.min(...extra).toFixed(0)} to ${Math.max(...extra).toFixed(0)} ms)`,
    met: median(extra) < 20,
  };
}

/** One job a round, killed later each time; the next process ends it, and erasing it leaves no file. */
async function kills(): Promise<Row> {
  const data = mkdtempSync(join(tmpdir(), 'colloquy-bench-'));
  const audio = join(data, 'clip.wav');
  writeFileSync(audio, LIBRARY.subarray(0, 44 + 320_000));
  const folder = join(data, 'server');
  const options = ['--preload', '', '--data', folder];
  let ended = 0;
  let left = 0;
  try {
    let server = await start(...options);
    for (let round = 0; round < KILLS; round += 1) {
      const { id } = await new Colloquy({ baseUrl: server.url }).submit({ task: 'diarize', audio });
      await delay(40 * round);
      await stop(server, 'SIGKILL');
      server = await start(...options);
      const client = new Colloquy({ baseUrl: server.url });
      await client.result(id);
      const listed: string[] = [];
      for await (const job of client.jobs.list()) listed.push(`${job.id} ${job.state}`);
      if (listed.length === 1 && listed[0] === `${id} completed`) ended += 1;
      await client.jobs.erase(id);
      left += ['jobs', 'recordings', 'uploads'].reduce(
        (sum, name) => sum + readdirSync(join(folder, name)).length,
        0,
      );
    }
    await stop(server);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
  return {
    what: `server: kill -9 at ${KILLS} points of a job with --data`,
    target: 'every job ends once, no file left',
    measured: `${ended} of ${KILLS} ended once, ${left} files left`,
    met: ended === KILLS && left === 0,
  };
}

async function measure(): Promise<Row[]> {
  const server = await start('--max-queue', '300');
  const rows: Row[] = [];
  try {
    for (const one of [uploadMemory, overhead, answersUnderLoad, shortJobs]) rows.push(await one(server));
  } finally {
    await stop(server);
  }
  return [...rows, await kills()];
}

export const server: Benchmark = { name: 'server', measure };
