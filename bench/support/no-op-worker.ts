/** The worker of the benchmarks: does nothing, or blocks its thread, and says when it began and ended. */
import { serveWorker } from '../../handlers/runpod/index.ts';

const now = (): number => performance.timeOrigin + performance.now();

process.exit(
  await serveWorker({
    handler: (job) => {
      const start = now();
      const { blockMs } = job.input as { blockMs?: number };
      if (blockMs !== undefined) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
      return { start, end: now() };
    },
    concurrency: Number(process.env.BENCH_CONCURRENCY ?? 1),
    env: process.env,
    argv: [],
  }),
);
