import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientGone, HttpReply, readJson, sendJson } from './http-exchange.ts';
import type { JobQueue } from './job-queue.ts';
import { workerView } from './job-record.ts';
import { MAX_BODY_BYTES, SIZE_LIMITS, type PlatformLimits } from './platform-limits.ts';
import type { WaitingRoom } from './waiting-room.ts';
import type { WorkerRegistry } from './worker-registry.ts';

export type WorkerApiOptions = {
  readonly queue: JobQueue;
  readonly limits: PlatformLimits;
  readonly registry: WorkerRegistry;
  /** Called with JOBS_WAIT when there is something to take, and with the id of a worker when it has to stop a job. */
  readonly calls: WaitingRoom;
  readonly sizeLimits: boolean;
  /** No job is handed out any more: polls are answered at once. */
  readonly isClosing: () => boolean;
  /** A worker asked to be replaced. */
  readonly onStopPod: (workerId: string) => void;
};

/** One request of a worker; everything behind `/v2/{endpoint}/`. */
export type WorkerCall = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly operation: string;
  readonly workerId: string;
  readonly jobId: string | undefined;
  readonly query: URLSearchParams;
};

/** Subject of the calls to workers that wait for jobs. */
export const JOBS_WAIT = 'jobs wait';

const OPERATIONS = ['job-take', 'job-take-batch', 'job-stop', 'job-done', 'job-stream', 'ping'] as const;

/** The side of the platform that workers see: take, ping, stream, post, and hear what to stop. */
export class WorkerApi {
  readonly #options: WorkerApiOptions;

  constructor(options: WorkerApiOptions) {
    this.#options = options;
  }

  has(operation: string): boolean {
    return (OPERATIONS as readonly string[]).includes(operation);
  }

  /** Answers one call. @throws HttpReply for everything that is wrong with it */
  async handle(call: WorkerCall): Promise<void> {
    this.#options.registry.seen(call.workerId);
    switch (call.operation as (typeof OPERATIONS)[number]) {
      case 'job-take':
        return this.#take(call, 1, false);
      case 'job-take-batch':
        return this.#take(call, Math.max(1, Math.floor(Number(call.query.get('batch_size')) || 1)), true);
      case 'job-stop':
        return this.#stop(call);
      case 'ping':
        return this.#ping(call);
      case 'job-stream':
        return this.#chunk(call);
      case 'job-done':
        return this.#done(call);
    }
  }

  async #take(call: WorkerCall, count: number, asList: boolean): Promise<void> {
    const { queue, calls, limits, isClosing } = this.#options;
    const gone = clientGone(call.response);
    const end = Date.now() + limits.holdMs;
    while (queue.waitingCount === 0 && Date.now() < end && !gone.aborted && !isClosing()) {
      await calls.wait(JOBS_WAIT, end - Date.now(), gone);
    }
    const jobs = gone.aborted || isClosing() ? [] : queue.take(call.workerId, count);
    // Whoever was called for these jobs may have left some, or may have gone.
    if (queue.waitingCount > 0) calls.callFirst(JOBS_WAIT);
    if (gone.aborted) return;
    if (jobs.length === 0) {
      await sendJson(call.response, 204);
      return;
    }
    const views = jobs.map(workerView);
    const arrived = await sendJson(call.response, 200, asList ? views : views[0]);
    if (!arrived) {
      queue.undeliver(
        call.workerId,
        jobs.map(({ id }) => id),
      );
    }
  }

  async #stop(call: WorkerCall): Promise<void> {
    const { registry, calls, limits } = this.#options;
    const gone = clientGone(call.response);
    if (registry.stopsFor(call.workerId) === 0) await calls.wait(call.workerId, limits.holdMs, gone);
    if (gone.aborted) return;
    const jobsToStop = registry.takeStops(call.workerId);
    if (jobsToStop.length === 0) await sendJson(call.response, 204);
    else await sendJson(call.response, 200, { jobsToStop });
  }

  async #ping(call: WorkerCall): Promise<void> {
    if (call.query.get('status') === 'unhealthy') {
      this.#options.registry.unhealthy(
        call.workerId,
        call.query.get('check') ?? '',
        call.query.get('reason') ?? '',
      );
    }
    const ids = (call.query.get('job_id') ?? '').split(',').filter((id) => id !== '');
    this.#options.queue.ping(call.workerId, ids);
    await sendJson(call.response, 200, {});
  }

  async #chunk(call: WorkerCall): Promise<void> {
    const body = await this.#body(call, SIZE_LIMITS.chunkBytes);
    const isHeld = this.#options.queue.chunk(call.workerId, jobIdOf(call), body.output);
    await sendJson(call.response, isHeld ? 200 : 404, {});
  }

  async #done(call: WorkerCall): Promise<void> {
    const jobId = jobIdOf(call);
    const { runBytes, runSyncBytes } = SIZE_LIMITS;
    const body = await this.#body(call, jobId.startsWith('sync-') ? runSyncBytes : runBytes);
    const { queue } = this.#options;
    if (body.status === 'IN_PROGRESS') {
      const isHeld = queue.progress(call.workerId, jobId, body.output);
      await sendJson(call.response, isHeld ? 200 : 404, {});
      return;
    }
    if (queue.get(jobId) === undefined)
      throw new HttpReply(404, 'The job does not exist, or its time is over.');
    // A second result is taken without a word, so that its worker does not send it for ever.
    queue.finish(call.workerId, jobId, body);
    await sendJson(call.response, 200, {});
    if (body.stopPod === true) this.#options.onStopPod(call.workerId);
  }

  /** Beyond the limit 400, as workers in the field have seen. */
  async #body(call: WorkerCall, limitBytes: number): Promise<Record<string, unknown>> {
    const maxBytes = this.#options.sizeLimits ? limitBytes : MAX_BODY_BYTES;
    const body = await readJson(call.request, maxBytes).catch((error: unknown) => {
      throw error instanceof HttpReply ? new HttpReply(400, error.message, error.headers) : error;
    });
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new HttpReply(400, 'A result must be a JSON object.');
    }
    return body as Record<string, unknown>;
  }
}

function jobIdOf(call: WorkerCall): string {
  if (call.jobId === undefined) throw new HttpReply(404, 'Not found.');
  return call.jobId;
}
