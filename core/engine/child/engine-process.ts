/**
 * The engine child: the process that decodes audio and runs models. `engine.ts` is its parent's side.
 *
 * Models block threads and a native library may crash, so nothing else lives here: the parent keeps sockets,
 * heartbeats and signals, and may kill this process at any time.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../../errors.ts';
import { serializeError } from '../../serialized-error.ts';
import { LanePool } from '../../inference/lanes/lane-pool.ts';
import { EngineJob, type JobSurroundings } from './job.ts';
import type { FromEngine, ToEngine } from '../messages.ts';
import { SessionStore } from './session-store.ts';
import { ENGINE_TASKS } from '../tasks/tasks.ts';
import { workingFolder } from '../working-folder.ts';

assert(process.connected, 'engine-process.js is started by the engine, not by hand.');

const jobs = new Map<number, EngineJob>();
let pool: LanePool | undefined;
let starting: Promise<void> | undefined;
let surroundings: JobSurroundings | undefined;

// Ctrl-C reaches the whole process group: the parent decides what becomes of this process.
process.on('SIGINT', () => undefined);
// Without a parent there is nobody to work for. An ordinary exit would end threads in the middle of a run, which aborts
// the process with noise; this ends it at once.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (message: ToEngine) => handle(message));

function send(message: FromEngine): void {
  // A parent that is going away is told nothing; `disconnect` follows.
  if (process.connected) process.send!(message, () => undefined);
}

function handle(message: ToEngine): void {
  switch (message.kind) {
    case 'start':
      starting = start(message);
      return;
    case 'run':
      void run(message);
      return;
    case 'audio':
      jobs.get(message.job)?.push(message.chunk);
      return;
    case 'audio-end':
      jobs.get(message.job)?.finishAudio(message);
      return;
    case 'cancel':
      jobs.get(message.job)?.cancel();
      return;
    case 'close':
      void close();
  }
}

async function start(options: Extract<ToEngine, { kind: 'start' }>): Promise<void> {
  try {
    const { provider, laneCount, savedGraphs } = options;
    const lanePath = fileURLToPath(new URL('./lane.js', import.meta.url));
    process.chdir(workingFolder(dirname(lanePath)));
    pool = await LanePool.start({ lanePath, provider, laneCount, savedGraphs });
    const sessions = new SessionStore(pool);
    const facts = { provider: pool.provider, laneCount: pool.laneCount, warnings: pool.warnings };
    surroundings = { sessions, facts, send };
    send({ kind: 'ready', facts });
  } catch (error) {
    send({ kind: 'start-failed', error: serializeError(error) });
  }
}

async function run(request: Extract<ToEngine, { kind: 'run' }>): Promise<void> {
  assert(surroundings, 'The engine was given a job before it was ready.');
  const job = new EngineJob(request, surroundings);
  jobs.set(request.job, job);
  await job.run(ENGINE_TASKS[request.task]);
  jobs.delete(request.job);
}

async function close(): Promise<void> {
  for (const job of jobs.values()) job.cancel();
  await starting;
  await pool?.close();
  process.exit(0);
}
