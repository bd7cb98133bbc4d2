/** The worker process of one recording: `node scenario-program.mjs SCENARIO [flags]`. */
import { serveWorker } from '../../../../handlers/runpod/index.ts';
import { scenarioWorker } from './scenario-handlers.ts';

const [scenario = '', ...argv] = process.argv.slice(2);
const timing = JSON.parse(process.env.TEST_WORKER_TIMING ?? '{}') as object;
try {
  process.exit(await serveWorker({ ...scenarioWorker(scenario), env: process.env, argv, timing }));
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
}
