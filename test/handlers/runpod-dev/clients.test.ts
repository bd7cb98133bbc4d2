import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import runpodSdk from 'runpod-sdk';
import { startPlatform, type RunningPlatform } from '../../../handlers/runpod-dev/index.ts';
import type { BundledPrograms } from '../../support/bundle-program.ts';
import { caller, finalStates } from './platform-call.ts';
import { buildPrograms } from './programs.ts';

let programs: BundledPrograms;
let platform: RunningPlatform;
beforeAll(async () => {
  programs = await buildPrograms();
});
afterEach(() => platform.close());
afterAll(() => programs.remove());

async function startWithOurWorker(): Promise<string> {
  platform = await startPlatform({
    port: 0,
    stopMs: 5_000,
    workerCommand: { program: process.execPath, args: [programs.path('test-worker')], env: process.env },
  });
  return platform.url.replace(/\/local$/, '');
}

describe('runpod-sdk against the platform', () => {
  it('runs, asks, streams, cancels and counts', async () => {
    const endpoint = runpodSdk('key', { baseUrl: await startWithOurWorker() }).endpoint('local')!;
    const done = await endpoint.runSync({ input: { echo: 1 } }, 20_000);
    expect(done).toMatchObject({ status: 'COMPLETED', output: { ran: { echo: 1 } } });

    const job = await endpoint.run({ input: { chunks: 5 } });
    const values: unknown[] = [];
    for await (const part of endpoint.stream(job.id)) values.push((part as { output: unknown }).output);
    expect(values).toEqual(Array.from({ length: 5 }, (_, i) => ({ i })));
    expect(await endpoint.status(job.id)).toMatchObject({ status: 'COMPLETED' });

    const long = await endpoint.run({ input: { sleepMs: 60_000 } });
    expect(await endpoint.cancel(long.id)).toMatchObject({ status: 'CANCELLED' });
    expect(await endpoint.health()).toMatchObject({ jobs: { completed: 2 } });
    expect(await endpoint.purgeQueue()).toMatchObject({ removed: 0, status: 'completed' });
  });
});

const python = findPython();

describe.skipIf(python === undefined)('the Python package runpod against the platform', () => {
  it('its client runs, asks, streams, cancels and counts', { timeout: 60_000 }, async () => {
    const baseUrl = await startWithOurWorker();
    const script = join(programs.folder, 'client.py');
    writeFileSync(
      script,
      `
import json, runpod
runpod.api_key = "key"
endpoint = runpod.Endpoint("local")
done = endpoint.run_sync({"input": {"echo": 1}}, timeout=20)
job = endpoint.run({"input": {"chunks": 4}})
values = list(job.stream())
long = endpoint.run({"input": {"sleepMs": 60000}})
canceled = long.cancel()
print(json.dumps([done, values, job.status(), canceled["status"], endpoint.health()["jobs"]["completed"], endpoint.purge_queue()]))
`,
    );
    const env = { ...process.env, RUNPOD_ENDPOINT_BASE_URL: baseUrl };
    const { stdout } = await promisify(execFile)(python!, [script], { env });
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toEqual([
      { ran: { echo: 1 }, pid: expect.any(Number) as number },
      Array.from({ length: 4 }, (_, i) => ({ i })),
      'COMPLETED',
      'CANCELLED',
      2,
      { removed: 0, status: 'completed' },
    ]);
  });

  it('its worker takes, streams, fails, stops and ends', { timeout: 90_000 }, async () => {
    const script = join(programs.folder, 'worker.py');
    writeFileSync(
      script,
      `
import asyncio, runpod

async def handler(job):
    i = job["input"]
    if "chunks" in i:
        for n in range(i["chunks"]):
            yield {"n": n}
        return
    runpod.serverless.progress_update(job, "on it")
    await asyncio.sleep(i.get("s", 0))
    if "fail" in i:
        raise ValueError(i["fail"])
    yield {"echo": i}

runpod.serverless.start({"handler": handler, "return_aggregate_stream": True})
`,
    );
    platform = await startPlatform({
      port: 0,
      stopMs: 1_000,
      workerCommand: { program: python!, args: [script], env: process.env },
    });
    const call = caller(platform.url);
    const plain = await call('POST', '/runsync', { input: { a: 1 } });
    expect(plain.body).toMatchObject({ status: 'COMPLETED', output: [{ echo: { a: 1 } }] });
    const failed = await call('POST', '/runsync', { input: { fail: 'bad thing' } });
    expect(failed.body.status).toBe('FAILED');
    expect(failed.body.error).toContain('bad thing');
    const streamed = await call('POST', '/run', { input: { chunks: 3 } });
    const id = String(streamed.body.id);
    await finalStates(call, [id], 20_000);
    const { body } = await call('GET', `/stream/${id}`);
    expect(body.stream).toEqual([{ output: { n: 0 } }, { output: { n: 1 } }, { output: { n: 2 } }]);
    const long = await call('POST', '/run', { input: { s: 60 } });
    while (
      (await call('GET', `/status/${String(long.body.id)}`)).body.status !== 'IN_PROGRESS'
    ) /* is taken */ ;
    await call('POST', `/cancel/${String(long.body.id)}`);
    const next = await call('POST', '/runsync', { input: { b: 2 } });
    expect(next.body.status).toBe('COMPLETED');
  });
});

/** An interpreter that has the package, or undefined with a printed reason. */
function findPython(): string | undefined {
  const configured = process.env.COLLOQUY_PYTHON;
  const candidate = configured ?? 'python3';
  try {
    execFileSync(candidate, ['-c', 'import runpod'], { stdio: 'ignore' });
    return candidate;
  } catch {
    console.warn(
      `skipped: ${candidate} has no package runpod (set COLLOQUY_PYTHON to an interpreter of an environment that has it)`,
    );
    return undefined;
  }
}
