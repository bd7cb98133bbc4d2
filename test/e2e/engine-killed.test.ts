import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type RunningPlatform } from '../../handlers/runpod-dev/index.ts';
import { jobResultSchema } from '../../sdk/contract/index.ts';
import { caller, finalStates, type PlatformCall } from '../handlers/runpod-dev/platform-call.ts';
import { builtWorkerCommand } from '../support/built-worker.ts';
import { childrenOf, isRunning } from '../support/processes.ts';
import { TWO_SPEAKERS } from '../support/sample-voices.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { wavBytes } from '../support/wav-bytes.ts';

const JOBS = 100;
const KILLS = 20;
/** Short: it is the starting anew that is tried, not the work. */
const CLIP_SECONDS = 3;
const TASKS = ['embed', 'diarize'] as const;

/** Real jobs by real models, whose engine is killed again and again under the worker as it is shipped. */
describe('kill -9 of the engine at 20 random moments over 100 jobs', { timeout: 300_000 }, () => {
  const lines: string[] = [];
  let platform: RunningPlatform;
  let call: PlatformCall;

  beforeAll(async () => {
    platform = await startPlatform({
      port: 0,
      workers: 1,
      workerCommand: builtWorkerCommand(),
      onWorkerOutput: (_workerId, line) => lines.push(line),
    });
    call = caller(platform.url);
  });
  afterAll(() => platform.close());

  it('loses no job, answers none twice, and changes no result', async () => {
    const inputs = jobInputs();
    const undisturbed = new Map<string, unknown>();
    for (const input of inputs.slice(0, TASKS.length)) {
      undisturbed.set(input.task, findingsOf((await call('POST', '/runsync?wait=60000', { input })).body));
    }
    const worker = platform.workers[0]!.pid;

    const ids: string[] = [];
    for (const input of inputs) ids.push(String((await call('POST', '/run', { input })).body.id));
    const killed = await killEngines(worker);
    const states = await finalStates(call, ids, 120_000);
    const retried = await retryFailed(states);

    expect(killed.length, 'engines killed').toBeGreaterThan(KILLS / 2);
    expect(killed.filter(isRunning)).toEqual([]);
    expect(platform.workers[0]!.pid, 'the worker lives on').toBe(worker);
    for (const [index, id] of ids.entries()) {
      expect(findingsOf(states.get(id)!), `job ${index}`).toEqual(undisturbed.get(inputs[index]!.task));
      expect(answersTo(id), `answers to job ${index}`).toBe(retried.includes(id) ? 2 : 1);
    }
    const { body: health } = await call('GET', '/health');
    expect(health.jobs).toMatchObject({ inQueue: 0, inProgress: 0, completed: JOBS + TASKS.length });
  });

  /** Kills whatever engine the worker has, or is starting, after pauses that are the same in every run. */
  async function killEngines(worker: number): Promise<number[]> {
    const random = seededRandom(20_26);
    const killed: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(100 + random() * 1_000);
      const engine = childrenOf(worker).find(isEngine);
      if (engine === undefined) continue;
      process.kill(engine, 'SIGKILL');
      killed.push(engine);
    }
    return killed;
  }

  /** The worker starts a job three times: one that was hit each time says so, and whoever sent it sends it again. */
  async function retryFailed(states: Map<string, Record<string, unknown>>): Promise<string[]> {
    const failed = [...states.keys()].filter((id) => states.get(id)!.status !== 'COMPLETED');
    for (const id of failed) {
      const error = JSON.parse(String(states.get(id)!.error)) as object;
      expect(error).toMatchObject({ code: 'engine_crashed', retryable: true });
      await call('POST', `/retry/${id}`);
    }
    for (const [id, state] of await finalStates(call, failed, 60_000)) states.set(id, state);
    return failed;
  }

  function answersTo(id: string): number {
    return lines.filter((line) => line.includes(id) && line.includes('Finished.')).length;
  }
});

function jobInputs(): { task: string; audio: { base64: string } }[] {
  const data = readFileSync(TWO_SPEAKERS).subarray(44, 44 + 2 * 16_000 * CLIP_SECONDS);
  const base64 = Buffer.from(wavBytes({ data })).toString('base64');
  return Array.from({ length: JOBS }, (_, i) => ({ task: TASKS[i % TASKS.length]!, audio: { base64 } }));
}

/** What a job found, without its timings; or how else it ended. */
function findingsOf({ status, output, error }: Record<string, unknown>): unknown {
  if (status !== 'COMPLETED') return { status, error };
  const [outcome] = jobResultSchema.parse(output).results;
  const { timings: _, ...findings } = (outcome as { result: Record<string, unknown> }).result;
  return findings;
}

function isEngine(processId: number): boolean {
  try {
    return readFileSync(`/proc/${processId}/cmdline`, 'utf8').includes('engine-process');
  } catch {
    return false;
  }
}
