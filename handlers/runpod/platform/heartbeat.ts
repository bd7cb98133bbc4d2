import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { WorkerEnvironment } from '../environment.ts';
import type { HeartbeatData, HeartbeatFailure, HeartbeatUpdate } from './heartbeat-thread.ts';
import { userAgent } from './identity.ts';
import type { WorkerLog } from '../log.ts';
import { workerUrl } from './url-template.ts';

/** Tells the platform, from a thread of its own, that this worker lives and which jobs it holds. */
export type Heartbeat = {
  update(jobIds: readonly string[]): void;
  stop(): Promise<void>;
};

/** A thread that ends by itself is replaced, but not in a tight loop. */
const RESTART_MS = 1_000;

/**
 * Starts the heartbeat; `undefined` where the platform gave no ping address, key or worker id, and so expects none.
 */
export function startHeartbeat(environment: WorkerEnvironment, log: WorkerLog): Heartbeat | undefined {
  const { pingTemplate, apiKey, workerId, workerIdIsGiven } = environment;
  if (pingTemplate === undefined || apiKey === '' || !workerIdIsGiven) {
    log('WARN', 'No heartbeat: RUNPOD_WEBHOOK_PING, RUNPOD_AI_API_KEY or RUNPOD_POD_ID is not set.');
    return undefined;
  }
  const data: HeartbeatData = {
    baseUrl: workerUrl(pingTemplate, workerId),
    intervalMs: environment.pingIntervalMs,
    apiKey,
    userAgent: userAgent(environment.integration),
  };
  let jobIds: readonly string[] = [];
  let stopped = false;
  let thread = start();

  function start(): Worker {
    const worker = new Worker(fileURLToPath(threadUrl()), { workerData: data });
    worker.postMessage({ jobIds } satisfies HeartbeatUpdate);
    worker.on('message', ({ failure }: HeartbeatFailure) => log('WARN', `A heartbeat failed: ${failure}.`));
    worker.on('error', (error: Error) => log('ERROR', `The heartbeat thread failed: ${error.name}.`));
    worker.on('exit', () => {
      if (stopped) return;
      setTimeout(() => {
        if (!stopped) thread = start();
      }, RESTART_MS);
    });
    return worker;
  }

  return {
    update: (ids) => {
      jobIds = ids;
      thread.postMessage({ jobIds } satisfies HeartbeatUpdate);
    },
    stop: async () => {
      stopped = true;
      await thread.terminate();
    },
  };
}

/** The built thread beside this file; from the sources, the one in `dist`. */
function threadUrl(): URL {
  const extension = /\.[a-z]+$/.exec(import.meta.url)![0];
  const path = extension === '.ts' ? '../../../dist/heartbeat-thread.js' : `./heartbeat-thread${extension}`;
  return new URL(path, import.meta.url);
}
