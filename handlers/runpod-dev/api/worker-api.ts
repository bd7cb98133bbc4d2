import type { IncomingMessage, ServerResponse } from 'node:http';
import { steadyNow } from '../../../core/net/steady-now.ts';
import type { ByteBudget } from '../../work/http/byte-budget.ts';
import { clientGone, HttpReply, sendJson, sendPieces } from '../../work/http/http-reply.ts';
import type { JsonObjectText } from '../../work/http/json-text.ts';
import { MAX_BODY_BYTES, SIZE_LIMITS, type PlatformLimits } from '../platform-limits.ts';
import type { JobQueue, PostedResult } from '../queue/job-queue.ts';
import type { JobRecord } from '../queue/job-record.ts';
import type { PayloadStore } from '../storage/payload-store.ts';
import type { Payload } from '../storage/payload.ts';
import type { WaitingRoom } from '../waiting-room.ts';
import type { WorkerRegistry } from '../workers/worker-registry.ts';
import { withJsonObject } from './read-object.ts';
import { listPieces, workerView } from './views.ts';

export type WorkerApiOptions = {
  readonly queue: JobQueue;
  readonly limits: PlatformLimits;
  readonly payloads: PayloadStore;
  readonly bodies: ByteBudget;
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

/** Inputs of one batch together: well under what our worker takes in one reply. */
const MAX_BATCH_BYTES = 64 * 1024 ** 2;

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
    const end = steadyNow() + limits.holdMs;
    while (queue.waitingCount === 0 && steadyNow() < end && !gone.aborted && !isClosing()) {
      await calls.wait(JOBS_WAIT, end - steadyNow(), gone);
    }
    const jobs = gone.aborted || isClosing() ? [] : this.#takeUpTo(count, call.workerId);
    // Whoever was called for these jobs may have left some, or may have gone.
    if (queue.waitingCount > 0) calls.callFirst(JOBS_WAIT);
    if (gone.aborted) return;
    if (jobs.length === 0) {
      await sendJson(call.response, 204);
      return;
    }
    let arrived = false;
    try {
      const views = jobs.map(workerView);
      arrived = await sendPieces(call.response, 200, asList ? listPieces(views) : views[0]);
    } finally {
      const ids = jobs.map(({ id }) => id);
      if (!arrived) queue.undeliver(call.workerId, ids);
    }
  }

  /** As many as a worker wants, but not more than it can hold in memory: workers refuse larger replies. */
  #takeUpTo(count: number, workerId: string): readonly JobRecord[] {
    const jobs: JobRecord[] = [];
    let bytes = 0;
    while (jobs.length < count && bytes < MAX_BATCH_BYTES) {
      const job = this.#options.queue.take(workerId);
      if (job === undefined) break;
      jobs.push(job);
      bytes += job.input?.bytes ?? 0;
    }
    return jobs;
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
    const isHeld = await this.#withBody(call, SIZE_LIMITS.chunkBytes, async ({ members }) => {
      const { queue } = this.#options;
      const json = members.get('output') ?? 'null';
      if (!queue.makeRoomFor(Buffer.byteLength(json))) {
        throw new HttpReply(429, 'There is no room for more streamed values until some are fetched.');
      }
      return this.#keeping([json], ([chunk]) => queue.chunk(call.workerId, jobIdOf(call), chunk!));
    });
    await sendJson(call.response, isHeld ? 200 : 404, {});
  }

  async #done(call: WorkerCall): Promise<void> {
    const jobId = jobIdOf(call);
    const { runBytes, runSyncBytes } = SIZE_LIMITS;
    const limitBytes = jobId.startsWith('sync-') ? runSyncBytes : runBytes;
    const { isKnown, stopPod } = await this.#withBody(call, limitBytes, async (body) => ({
      isKnown:
        body.value.status === 'IN_PROGRESS'
          ? await this.#progress(call, jobId, body)
          : await this.#finish(call, jobId, body),
      stopPod: body.value.stopPod === true,
    }));
    await sendJson(call.response, isKnown ? 200 : 404, {});
    if (isKnown && stopPod) this.#options.onStopPod(call.workerId);
  }

  #progress(call: WorkerCall, jobId: string, { members }: JsonObjectText): Promise<boolean> {
    const { queue } = this.#options;
    const json = members.get('output') ?? 'null';
    queue.makeRoomFor(Buffer.byteLength(json));
    return this.#keeping([json], ([output]) => queue.progress(call.workerId, jobId, output!));
  }

  /** A second result is taken without a word, so that its worker does not send it for ever. */
  async #finish(call: WorkerCall, jobId: string, { value, members }: JsonObjectText): Promise<boolean> {
    const { queue } = this.#options;
    if (queue.get(jobId) === undefined) return false;
    // Text fails the job; any other truthy error loses the output, as on the platform.
    const hasFailed = typeof value.error === 'string';
    const output = value.error && !hasFailed ? undefined : members.get('output');
    const error = hasFailed ? members.get('error') : undefined;
    // What is done is kept, also where results that are fetched already have to go for it.
    queue.makeRoomFor(Buffer.byteLength(output ?? '') + Buffer.byteLength(error ?? ''));
    await this.#keeping([output, error], ([keptOutput, keptError]) => {
      const result: PostedResult = { output: keptOutput, error: keptError };
      return queue.finish(call.workerId, jobId, result);
    });
    return true;
  }

  /** Keeps payloads and hands them to the queue; what that does not take is let go of again. */
  async #keeping(
    texts: readonly (string | undefined)[],
    hand: (payloads: readonly (Payload | undefined)[]) => boolean,
  ): Promise<boolean> {
    const { payloads } = this.#options;
    const kept: (Payload | undefined)[] = [];
    let taken = false;
    try {
      for (const text of texts) kept.push(text === undefined ? undefined : await payloads.keep(text));
      taken = hand(kept);
    } finally {
      if (!taken) for (const payload of kept) if (payload !== undefined) payloads.drop(payload);
    }
    return taken;
  }

  /** Beyond the limit 400, as workers in the field have seen. */
  async #withBody<T>(
    { request }: WorkerCall,
    limitBytes: number,
    use: (object: JsonObjectText) => Promise<T>,
  ): Promise<T> {
    const maxBytes = this.#options.sizeLimits ? limitBytes : MAX_BODY_BYTES;
    try {
      return await withJsonObject(request, { maxBytes, budget: this.#options.bodies }, use);
    } catch (error) {
      const isTooLarge = error instanceof HttpReply && error.status === 413;
      throw isTooLarge ? new HttpReply(400, error.message, error.headers) : error;
    }
  }
}

function jobIdOf(call: WorkerCall): string {
  if (call.jobId === undefined) throw new HttpReply(404, 'Not found.');
  return call.jobId;
}
