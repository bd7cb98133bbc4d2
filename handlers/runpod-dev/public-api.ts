import { isDeepStrictEqual } from 'node:util';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientGone, HttpReply, numberFrom, readJson, sendJson } from './http-exchange.ts';
import type { JobQueue } from './job-queue.ts';
import { isFinal, statusView, type JobRecord } from './job-record.ts';
import { MAX_BODY_BYTES, SIZE_LIMITS, type PlatformLimits } from './platform-limits.ts';
import { parseSubmission } from './submission.ts';
import type { WaitingRoom } from './waiting-room.ts';

export type PublicApiOptions = {
  readonly queue: JobQueue;
  readonly limits: PlatformLimits;
  /** Called with the id of a job whenever it changes. */
  readonly changes: WaitingRoom;
  /** RunPod's size limits of bodies apply. */
  readonly sizeLimits: boolean;
  readonly workerCounts: () => Record<string, number>;
};

/** One request of a caller; everything behind `/v2/{endpoint}/`. */
export type PublicCall = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly operation: string;
  readonly jobId: string | undefined;
  readonly query: URLSearchParams;
};

type Route = {
  readonly method: 'GET' | 'POST';
  readonly needsJob: boolean;
  run(call: PublicCall): Promise<unknown>;
};

/** The side of the platform that callers see: submit, ask, stream, cancel, retry. */
export class PublicApi {
  readonly #options: PublicApiOptions;
  readonly #routes: Readonly<Record<string, Route>>;

  constructor(options: PublicApiOptions) {
    this.#options = options;
    const post = { method: 'POST' } as const;
    const get = { method: 'GET' } as const;
    this.#routes = {
      run: { ...post, needsJob: false, run: (call) => this.#run(call) },
      runsync: { ...post, needsJob: false, run: (call) => this.#runSync(call) },
      status: { ...get, needsJob: true, run: (call) => this.#status(call) },
      'status-sync': { ...get, needsJob: true, run: (call) => this.#statusSync(call) },
      stream: { ...get, needsJob: true, run: (call) => this.#stream(call) },
      cancel: { ...post, needsJob: true, run: (call) => this.#cancel(call) },
      retry: { ...post, needsJob: true, run: (call) => this.#retry(call) },
      'purge-queue': { ...post, needsJob: false, run: () => this.#purge() },
      health: { ...get, needsJob: false, run: () => this.#health() },
    };
  }

  has(operation: string): boolean {
    return Object.hasOwn(this.#routes, operation);
  }

  /** Answers one call. @throws HttpReply for everything that is wrong with it */
  async handle(call: PublicCall): Promise<void> {
    const route = this.#routes[call.operation];
    if (route?.needsJob !== (call.jobId !== undefined)) throw new HttpReply(404, 'Not found.');
    if (call.request.method !== route.method) throw new HttpReply(405, `Use ${route.method}.`);
    await sendJson(call.response, 200, await route.run(call));
  }

  async #run(call: PublicCall): Promise<unknown> {
    const job = await this.#submit(call, false);
    return { id: job.id, status: job.state };
  }

  async #runSync(call: PublicCall): Promise<unknown> {
    const job = await this.#submit(call, true);
    await this.#untilFinal(job, call);
    return statusView(job);
  }

  async #submit({ request }: PublicCall, isSync: boolean): Promise<JobRecord> {
    const limitBytes = isSync ? SIZE_LIMITS.runSyncBytes : SIZE_LIMITS.runBytes;
    const body = await readJson(request, this.#options.sizeLimits ? limitBytes : MAX_BODY_BYTES);
    const submission = parseSubmission(body, isSync);
    const known = this.#options.queue.submittedAs(submission.input);
    if (known === undefined) return this.#options.queue.submit(submission);
    if (!isSameWork(known.input, submission.input)) {
      throw new HttpReply(409, 'The idempotencyKey belongs to another job; give each job a key of its own.');
    }
    return known;
  }

  #status(call: PublicCall): Promise<unknown> {
    const job = this.#job(call);
    const ttlMs = numberFrom(call.query, 'ttl', 10_000, 7 * 24 * 3600_000);
    if (ttlMs !== undefined) this.#options.queue.setTtl(job, ttlMs);
    return Promise.resolve(statusView(job));
  }

  async #statusSync(call: PublicCall): Promise<unknown> {
    const job = this.#job(call);
    await this.#untilFinal(job, call);
    return statusView(job);
  }

  async #stream(call: PublicCall): Promise<unknown> {
    const job = this.#job(call);
    if (job.chunks.length === 0 && !isFinal(job.state)) {
      await this.#options.changes.wait(job.id, this.#options.limits.streamHoldMs, clientGone(call.response));
    }
    const status = job.state;
    // Whoever went away while waiting must not take the chunks along.
    const chunks = call.response.destroyed ? [] : this.#options.queue.drain(job);
    return { status, stream: chunks.map((output) => ({ output })) };
  }

  #cancel(call: PublicCall): Promise<unknown> {
    const job = this.#job(call);
    this.#options.queue.cancel(job);
    return Promise.resolve({ id: job.id, status: job.state });
  }

  #retry(call: PublicCall): Promise<unknown> {
    const job = this.#job(call);
    if (!this.#options.queue.retry(job)) {
      throw new HttpReply(400, `Only failed and timed-out jobs can be retried; this one is ${job.state}.`);
    }
    return Promise.resolve({ id: job.id, status: job.state });
  }

  #purge(): Promise<unknown> {
    return Promise.resolve({ removed: this.#options.queue.purge(), status: 'completed' });
  }

  #health(): Promise<unknown> {
    return Promise.resolve({ jobs: this.#options.queue.counts(), workers: this.#options.workerCounts() });
  }

  #job({ jobId }: PublicCall): JobRecord {
    const job = jobId === undefined ? undefined : this.#options.queue.get(jobId);
    if (job === undefined) throw new HttpReply(404, 'The job does not exist, or its time is over.');
    return job;
  }

  async #untilFinal(job: JobRecord, call: PublicCall): Promise<void> {
    const { min, max, default: usual } = this.#options.limits.waitMs;
    const end = Date.now() + (numberFrom(call.query, 'wait', min, max) ?? usual);
    const gone = clientGone(call.response);
    while (!isFinal(job.state) && Date.now() < end && !gone.aborted) {
      await this.#options.changes.wait(job.id, end - Date.now(), gone);
    }
  }
}

/** The same job once more; its audio may have got another address, as presigned links do. */
function isSameWork(known: unknown, repeated: unknown): boolean {
  return isDeepStrictEqual({ ...(known as object), audio: '' }, { ...(repeated as object), audio: '' });
}
