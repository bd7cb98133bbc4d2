/** A worker without a platform: `node local-program.mjs HANDLER [flags]`. */
import { serveWorker, type JobHandler } from '../../../../handlers/runpod/index.ts';

type Input = Record<string, unknown>;

const sleep = (seconds: unknown): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Number(seconds ?? 0) * 1000));
const block = (seconds: unknown): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(seconds ?? 0) * 1000);
};

function error(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function* sequence(input: Input): Generator {
  for (let n = 0; n < Number(input.n ?? 3); n++) {
    if (input.raise === n) throw error('ValueError', 'stream broke');
    if (input.fail === n) yield { error: 'it broke' };
    yield { n };
  }
}

const plain: JobHandler = (job) => {
  if (typeof job.input !== 'object') throw error('AttributeError', "'str' object has no attribute 'get'");
  const input = job.input as Input;
  if (input.raise) throw error('ValueError', 'bad thing');
  if (input.fail) return { error: 'it broke', partial: 1 };
  if (input.fail_object) return { error: { code: 7 } };
  if (input.empty) return {};
  if (input.none) return null;
  if (input.refresh) return { x: 1, refresh_worker: true };
  return { echo: input, job };
};

const HANDLERS: Record<string, JobHandler> = {
  plain,
  realtime: plain,
  'test-input': plain,
  'async-handler': async (job) => {
    await sleep((job.input as Input).s);
    return { job };
  },
  'blocking-handler': (job) => {
    block((job.input as Input).s);
    return { ok: true };
  },
  'refresh-worker': (job) => {
    block((job.input as Input).s);
    return { ok: true };
  },
  'generator-async': async function* (job) {
    for (let n = 0; n < Number((job.input as Input).n ?? 3); n++) {
      await sleep(0.1);
      yield { n };
    }
  },
  'generator-sync': (job) => sequence(job.input as Input),
  'generator-sync-aggregate': (job) => sequence(job.input as Input),
};

const [name = '', ...argv] = process.argv.slice(2);
try {
  process.exit(await serveWorker({ handler: HANDLERS[name]!, env: process.env, argv }));
} catch (caught) {
  process.stderr.write(`${String(caught)}\n`);
  process.exit(1);
}
