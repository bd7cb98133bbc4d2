/** A worker whose jobs say what to do: `{ sleepMs?, chunks?, fail?, echo? }`. Built and started by the tests. */
import { serveWorker, type JobContext } from '../../../../handlers/runpod/index.ts';

type TestInput = { sleepMs?: number; chunks?: number; fail?: string; blockMs?: number; progress?: unknown };

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function* stream(count: number): AsyncGenerator {
  for (let i = 0; i < count; i++) {
    await sleep(5);
    yield { i };
  }
}

async function run(input: TestInput, { progress, signal }: JobContext): Promise<unknown> {
  if (input.progress !== undefined) progress(input.progress);
  if (input.blockMs !== undefined)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, input.blockMs);
  if (input.sleepMs !== undefined) {
    await Promise.race([
      sleep(input.sleepMs),
      new Promise((resolve) => signal.addEventListener('abort', resolve)),
    ]);
  }
  if (input.fail !== undefined) throw new Error(input.fail);
  return { ran: input, pid: process.pid };
}

process.exit(
  await serveWorker({
    handler: (job, context) => {
      const input = job.input as TestInput;
      return input.chunks === undefined ? run(input, context) : stream(input.chunks);
    },
    concurrency: Number(process.env.TEST_CONCURRENCY ?? 1),
    env: process.env,
    argv: process.argv.slice(2),
  }),
);
