import { join } from 'node:path';
import type { WorkerCommand } from '../../handlers/runpod-dev/index.ts';

/** The worker as it is shipped, for a local platform; its automatic checks of the machine are off. */
export function builtWorkerCommand(): WorkerCommand {
  return {
    program: process.execPath,
    args: [join(import.meta.dirname, '../../dist/runpod-worker.js')],
    env: { ...process.env, RUNPOD_SKIP_AUTO_SYSTEM_CHECKS: 'true' },
  };
}
