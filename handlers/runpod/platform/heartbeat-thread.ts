/**
 * The heartbeat's own thread: it goes on while a handler blocks the main thread, since a worker that is silent for
 * too long is killed by the platform. Entry of a worker thread; started by heartbeat.ts.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { isRetryableStatus } from '../../../core/net/retryable-status.ts';
import { pingHeaders, pingUrl } from './ping-request.ts';
import { createPlatformAgent, sendToPlatform } from './platform-http.ts';

/** What the thread is started with. */
export type HeartbeatData = {
  readonly baseUrl: string;
  readonly intervalMs: number;
  readonly apiKey: string;
  readonly userAgent: string;
};

/** From the main thread: the ids in hand. To the main thread: why a ping failed. */
export type HeartbeatUpdate = { readonly jobIds: readonly string[] };
export type HeartbeatFailure = { readonly failure: string };

const data = workerData as HeartbeatData;
const agent = createPlatformAgent();
const headers = pingHeaders(data.apiKey, data.userAgent);
let jobIds: readonly string[] = [];

/** The newest ids that the main thread has sent, without waiting for the event loop to hand them over. */
function readUpdates(): void {
  for (;;) {
    const received = parentPort === null ? undefined : receiveMessageOnPort(parentPort);
    if (received === undefined) return;
    jobIds = (received.message as HeartbeatUpdate).jobIds;
  }
}

async function send(): Promise<string | undefined> {
  readUpdates();
  const reply = await sendToPlatform(agent, {
    method: 'GET',
    url: pingUrl(data.baseUrl, jobIds),
    headers,
    timeoutMs: 2 * data.intervalMs,
  });
  if (reply.kind === 'reply') return isRetryableStatus(reply.status) ? `HTTP ${reply.status}` : undefined;
  return reply.kind === 'network' ? reply.reason : reply.kind;
}

/** One ping, and one more at once if it failed; the next regular one does not wait for either. */
async function ping(): Promise<void> {
  const first = await send();
  if (first === undefined || first === 'timeout') {
    if (first !== undefined) report(first);
    return;
  }
  const second = await send();
  if (second !== undefined) report(second);
}

function report(failure: string): void {
  parentPort?.postMessage({ failure } satisfies HeartbeatFailure);
}

/** A fixed grid: a late ping does not push the following ones back. A frozen process does not catch up. */
function schedule(due: number): void {
  void ping();
  const next = due + data.intervalMs;
  const now = performance.now();
  const onGrid = next > now ? next : now + data.intervalMs;
  setTimeout(() => schedule(onGrid), onGrid - now);
}

// Drained as they come too, so that a queue of updates does not grow between two pings.
parentPort?.on('message', (update: HeartbeatUpdate) => {
  jobIds = update.jobIds;
});
schedule(performance.now());
