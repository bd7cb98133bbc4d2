import type { IncomingMessage, ServerResponse } from 'node:http';
import { steadyNow } from '../../../core/net/steady-now.ts';
import type { ByteBudget } from '../../work/http/byte-budget.ts';
import { clientGone, HttpReply, sendPieces, type BodyPiece } from '../../work/http/http-reply.ts';
import { requireJson } from '../../work/http/web-guard.ts';
import type { JobQueue } from '../queue/job-queue.ts';
import { isFinal, type JobIdentity, type JobRecord } from '../queue/job-record.ts';
import {
  MAX_BODY_BYTES,
  MAX_SUBMISSION_MEMBERS,
  SIZE_LIMITS,
  type PlatformLimits,
} from '../platform-limits.ts';
import type { PayloadStore } from '../storage/payload-store.ts';
import type { WaitingRoom } from '../waiting-room.ts';
import { millisecondsFrom } from './query.ts';
import { withJsonObject } from './read-object.ts';
import { parseSubmission } from './submission.ts';
import { statusView, streamView } from './views.ts';

export type PublicApiOptions = {
  readonly queue: JobQueue;
  readonly limits: PlatformLimits;
  readonly payloads: PayloadStore;
  readonly bodies: ByteBudget;
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
  /** What to answer with; undefined when it has answered itself. */
  run(call: PublicCall): Promise<readonly BodyPiece[] | undefined>;
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
    const pieces = await route.run(call);
    if (pieces !== undefined) await sendPieces(call.response, 200, pieces);
  }

  /** Always IN_QUEUE, as the platform says it, even when a worker has taken the job meanwhile. */
  async #run(call: PublicCall): Promise<readonly BodyPiece[]> {
    const job = await this.#submit(call, false);
    return json({ id: job.id, status: 'IN_QUEUE' });
  }

  async #runSync(call: PublicCall): Promise<readonly BodyPiece[]> {
    const job = await this.#submit(call, true);
    await this.#untilFinal(job, call);
    return statusView(job);
  }

  #submit({ request }: PublicCall, isSync: boolean): Promise<JobRecord> {
    requireJson(request);
    const { queue, payloads, bodies: budget, sizeLimits } = this.#options;
    const limitBytes = isSync ? SIZE_LIMITS.runSyncBytes : SIZE_LIMITS.runBytes;
    const maxBytes = sizeLimits ? limitBytes : MAX_BODY_BYTES;
    const options = { maxBytes, budget, maxMembers: MAX_SUBMISSION_MEMBERS };
    return withJsonObject(request, options, async (object) => {
      const { inputJson, ...submission } = parseSubmission(object);
      const known = this.#submittedAs(submission.identity);
      if (known !== undefined) return known;
      if (!queue.makeRoomFor(Buffer.byteLength(inputJson))) {
        throw new HttpReply(
          429,
          'The jobs that wait hold all the room there is. Try again when some are done.',
          {
            'retry-after': '5',
          },
        );
      }
      const input = await payloads.keep(inputJson);
      try {
        // Another request may have brought the same job while this one was being written.
        const twin = this.#submittedAs(submission.identity);
        if (twin === undefined) return queue.submit({ ...submission, input, isSync });
        payloads.drop(input);
        return twin;
      } catch (error) {
        payloads.drop(input);
        throw error;
      }
    });
  }

  #submittedAs(identity: JobIdentity | undefined): JobRecord | undefined {
    const known = this.#options.queue.submittedAs(identity);
    if (known !== undefined && known.identity?.digest !== identity?.digest) {
      throw new HttpReply(409, 'The idempotencyKey belongs to another job; give each job a key of its own.');
    }
    return known;
  }

  #status(call: PublicCall): Promise<readonly BodyPiece[]> {
    const job = this.#job(call);
    const ttlMs = millisecondsFrom(call.query, 'ttl', 10_000, 7 * 24 * 3600_000);
    if (ttlMs !== undefined) this.#options.queue.setTtl(job, ttlMs);
    return Promise.resolve(statusView(job));
  }

  async #statusSync(call: PublicCall): Promise<readonly BodyPiece[]> {
    const job = this.#job(call);
    await this.#untilFinal(job, call);
    return statusView(job);
  }

  async #stream(call: PublicCall): Promise<undefined> {
    const { queue, changes, limits, payloads } = this.#options;
    const job = this.#job(call);
    if (job.chunks.length === 0 && !isFinal(job.state)) {
      await changes.wait(job.id, limits.streamHoldMs, clientGone(call.response));
    }
    // Whoever went away while waiting must not take the chunks along.
    if (call.response.destroyed) return;
    const chunks = queue.takeChunks(job);
    await sendPieces(call.response, 200, streamView(job.state, chunks));
    chunks.forEach((chunk) => payloads.drop(chunk));
  }

  #cancel(call: PublicCall): Promise<readonly BodyPiece[]> {
    const job = this.#job(call);
    this.#options.queue.cancel(job);
    return Promise.resolve(json({ id: job.id, status: job.state }));
  }

  #retry(call: PublicCall): Promise<readonly BodyPiece[]> {
    const job = this.#job(call);
    if (!this.#options.queue.retry(job)) {
      throw new HttpReply(400, `Only failed and timed-out jobs can be retried; this one is ${job.state}.`);
    }
    return Promise.resolve(json({ id: job.id, status: job.state }));
  }

  #purge(): Promise<readonly BodyPiece[]> {
    return Promise.resolve(json({ removed: this.#options.queue.purge(), status: 'completed' }));
  }

  #health(): Promise<readonly BodyPiece[]> {
    const { queue, workerCounts } = this.#options;
    return Promise.resolve(json({ jobs: queue.counts(), workers: workerCounts() }));
  }

  #job({ jobId }: PublicCall): JobRecord {
    const job = jobId === undefined ? undefined : this.#options.queue.get(jobId);
    if (job === undefined) throw new HttpReply(404, 'The job does not exist, or its time is over.');
    return job;
  }

  async #untilFinal(job: JobRecord, call: PublicCall): Promise<void> {
    const { min, max, default: usual } = this.#options.limits.waitMs;
    const end = steadyNow() + (millisecondsFrom(call.query, 'wait', min, max) ?? usual);
    const gone = clientGone(call.response);
    while (!isFinal(job.state) && steadyNow() < end && !gone.aborted) {
      await this.#options.changes.wait(job.id, end - steadyNow(), gone);
    }
  }
}

function json(value: unknown): readonly BodyPiece[] {
  return [JSON.stringify(value)];
}
