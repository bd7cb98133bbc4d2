import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { timingSafeEqual } from 'node:crypto';
import { HttpReply, sendJson } from './http-exchange.ts';
import { JobQueue } from './job-queue.ts';
import { statusView, type JobRecord } from './job-record.ts';
import { Journal, type FsyncRule } from './journal.ts';
import { DEFAULT_PLATFORM_LIMITS, type PlatformLimits } from './platform-limits.ts';
import type { PlatformLog } from './platform-log.ts';
import { PublicApi } from './public-api.ts';
import { RateLimiter } from './rate-limit.ts';
import { WaitingRoom } from './waiting-room.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';
import { JOBS_WAIT, WorkerApi } from './worker-api.ts';
import { WorkerFleet, type WorkerCommand } from './worker-fleet.ts';
import { WorkerRegistry } from './worker-registry.ts';

export type PlatformOptions = {
  /** @default 8000; 0 takes a free port */
  readonly port?: number;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** The endpoint's name in URLs. @default local */
  readonly endpoint?: string;
  /** How many workers to start, and how. Without a command none is started: bring your own. */
  readonly workers?: number;
  readonly workerCommand?: WorkerCommand;
  /** Where jobs survive the end of the process. @default they do not */
  readonly dataFolder?: string;
  /** @default interval */
  readonly fsync?: FsyncRule;
  /** Key that callers must send. @default none is needed */
  readonly apiKey?: string;
  /** RunPod's limits of sizes and of rates. @default off */
  readonly sizeLimits?: boolean;
  readonly rateLimits?: boolean;
  /** Webhooks may go to this machine and to private networks. @default false */
  readonly allowPrivateWebhooks?: boolean;
  readonly webhookRetryDelayMs?: number;
  readonly pingIntervalMs?: number;
  readonly limits?: Partial<PlatformLimits>;
  readonly log?: PlatformLog;
  readonly onWorkerOutput?: (workerId: string, line: string) => void;
  /** How long workers get to end when the platform closes. @default 30,000 ms */
  readonly stopMs?: number;
};

export type RunningPlatform = {
  readonly port: number;
  /** `http://host:port/v2/endpoint`. */
  readonly url: string;
  /** Ids and process ids of the workers that run now. */
  readonly workers: readonly { readonly workerId: string; readonly pid: number }[];
  /** What a worker that somebody else starts has to have in its environment. */
  workerEnvironment(workerId: string): Readonly<Record<string, string>>;
  close(): Promise<void>;
};

/** How often leases and times are looked at. */
const TICK_MS = 250;

/** Pings of local workers: often enough that a killed one is noticed soon. */
const PING_INTERVAL_MS = 2_000;

/** Journals larger than this are folded into a snapshot. */
const MAX_JOURNAL_BYTES = 64 * 1024 * 1024;

/** The key of workers: the platform only listens on this machine, but they refuse to ping without one. */
const WORKER_KEY = 'local';

/** Starts the local platform and its workers; resolves when it listens. */
export async function startPlatform(options: PlatformOptions = {}): Promise<RunningPlatform> {
  const platform = new Platform(options);
  await platform.listen();
  return platform;
}

class Platform implements RunningPlatform {
  readonly #options: PlatformOptions;
  readonly #endpoint: string;
  readonly #log: PlatformLog;
  readonly #queue: JobQueue;
  readonly #journal: Journal | undefined;
  readonly #registry: WorkerRegistry;
  readonly #waiting = new WaitingRoom();
  readonly #publicApi: PublicApi;
  readonly #workerApi: WorkerApi;
  readonly #limiter: RateLimiter | undefined;
  readonly #webhooks: Webhooks;
  readonly #server: Server;
  #fleet: WorkerFleet | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(options: PlatformOptions) {
    const limits: PlatformLimits = { ...DEFAULT_PLATFORM_LIMITS, ...options.limits };
    this.#options = options;
    this.#endpoint = options.endpoint ?? 'local';
    this.#log = options.log ?? (() => undefined);
    this.#registry = new WorkerRegistry(limits.leaseMs + limits.holdMs);
    this.#webhooks = createWebhooks({
      allowPrivate: options.allowPrivateWebhooks ?? false,
      log: this.#log,
      ...(options.webhookRetryDelayMs === undefined ? {} : { retryDelayMs: options.webhookRetryDelayMs }),
    });
    this.#queue = new JobQueue(limits, {
      onChange: (job) => this.#onChange(job),
      onChunk: (job, chunk) => {
        this.#journal?.chunk(job, chunk);
        this.#waiting.call(job.id);
      },
      onRemoved: (jobId) => this.#onRemoved(jobId),
      onFinal: (job) => this.#onFinal(job),
      onStop: (workerId, jobId) => {
        this.#registry.addStop(workerId, jobId);
        this.#waiting.call(workerId);
      },
    });
    if (options.dataFolder !== undefined) {
      this.#journal = new Journal({
        folder: options.dataFolder,
        fsync: options.fsync ?? 'interval',
        maxJournalBytes: MAX_JOURNAL_BYTES,
      });
      this.#queue.restore(this.#journal.open());
    }
    const shared = { queue: this.#queue, limits, sizeLimits: options.sizeLimits ?? false };
    this.#publicApi = new PublicApi({
      ...shared,
      changes: this.#waiting,
      workerCounts: () =>
        this.#registry.counts((id) => this.#queue.heldBy(id).length, this.#fleet?.missing ?? 0),
    });
    this.#workerApi = new WorkerApi({
      ...shared,
      registry: this.#registry,
      calls: this.#waiting,
      isClosing: () => this.#closing,
      onStopPod: (workerId) => this.#fleet?.replace(workerId),
    });
    this.#limiter = options.rateLimits === true ? new RateLimiter() : undefined;
    this.#server = createServer((request, response) => void this.#handle(request, response));
    this.#server.requestTimeout = 0;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://${this.#host}:${this.port}/v2/${this.#endpoint}`;
  }

  get workers(): readonly { readonly workerId: string; readonly pid: number }[] {
    return this.#fleet?.workers ?? [];
  }

  get #host(): string {
    return this.#options.host ?? '127.0.0.1';
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port ?? 8000, this.#host, resolve);
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    const { workerCommand, workers = 1 } = this.#options;
    if (workerCommand === undefined) return;
    this.#fleet = new WorkerFleet({
      command: workerCommand,
      count: workers,
      environment: (workerId) => this.workerEnvironment(workerId),
      log: this.#log,
      onOutput: this.#options.onWorkerOutput ?? (() => undefined),
      onLost: (workerId) => {
        this.#registry.forget(workerId);
        this.#queue.workerLost(workerId);
      },
      stopMs: this.#options.stopMs ?? 30_000,
    });
    this.#fleet.start();
  }

  workerEnvironment(workerId: string): Readonly<Record<string, string>> {
    const base = `http://127.0.0.1:${this.port}/v2/${this.#endpoint}`;
    return {
      RUNPOD_WEBHOOK_GET_JOB: `${base}/job-take/$ID?gpu=local`,
      RUNPOD_WEBHOOK_POST_OUTPUT: `${base}/job-done/$RUNPOD_POD_ID/$ID?gpu=local`,
      RUNPOD_WEBHOOK_POST_STREAM: `${base}/job-stream/$RUNPOD_POD_ID/$ID?gpu=local`,
      RUNPOD_WEBHOOK_PING: `${base}/ping/$RUNPOD_POD_ID?gpu=local`,
      RUNPOD_PING_INTERVAL: String(this.#options.pingIntervalMs ?? PING_INTERVAL_MS),
      RUNPOD_AI_API_KEY: WORKER_KEY,
      RUNPOD_POD_ID: workerId,
      RUNPOD_POD_HOSTNAME: workerId,
      RUNPOD_ENDPOINT_ID: this.#endpoint,
      RUNPOD_SKIP_AUTO_SYSTEM_CHECKS: 'true',
      RUNPOD_SKIP_GPU_CHECK: 'true',
    };
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#waiting.call(JOBS_WAIT);
    await this.#fleet?.stop();
    clearInterval(this.#timer);
    await this.#webhooks.close();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    this.#journal?.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch (error) {
      if (!(error instanceof HttpReply)) this.#log('error', `request failed: ${String(error)}`);
      const reply = error instanceof HttpReply ? error : new HttpReply(500, 'Internal error.');
      await sendJson(response, reply.status, { error: reply.message }, reply.headers);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, version, endpoint, operation = '', ...rest] = url.pathname.split('/').map(decode);
    if (version !== 'v2' || endpoint !== this.#endpoint || rest.length > 2)
      throw new HttpReply(404, 'Not found.');
    const call = { request, response, operation, query: url.searchParams };
    if (this.#workerApi.has(operation)) {
      const [workerId, jobId] = rest;
      if (workerId === undefined) throw new HttpReply(404, 'Not found.');
      await this.#workerApi.handle({ ...call, workerId, jobId });
      return;
    }
    if (!this.#publicApi.has(operation) || rest.length > 1) throw new HttpReply(404, 'Not found.');
    this.#authorize(request);
    const leave = this.#admit(operation);
    try {
      await this.#publicApi.handle({ ...call, jobId: rest[0] });
    } finally {
      leave();
    }
  }

  #authorize(request: IncomingMessage): void {
    const { apiKey } = this.#options;
    if (apiKey === undefined) return;
    const sent = Buffer.from((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    const expected = Buffer.from(apiKey);
    if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) {
      throw new HttpReply(401, 'Send the key of this platform as Authorization: Bearer.');
    }
  }

  #admit(operation: string): () => void {
    const admitted = this.#limiter?.enter(operation) ?? (() => undefined);
    if (typeof admitted === 'function') return admitted;
    throw new HttpReply(429, 'Too many requests.', { 'retry-after': String(Math.ceil(admitted / 1000)) });
  }

  #tick(): void {
    this.#queue.tick();
    this.#journal?.compact(this.#queue.all);
  }

  #onChange(job: JobRecord): void {
    this.#journal?.put(job);
    if (job.state === 'IN_QUEUE') this.#waiting.callFirst(JOBS_WAIT);
    this.#waiting.call(job.id);
  }

  #onRemoved(jobId: string): void {
    this.#journal?.drop(jobId);
    this.#waiting.call(jobId);
  }

  #onFinal(job: JobRecord): void {
    if (job.webhook === undefined) return;
    this.#webhooks.send(job.webhook, { ...statusView(job), input: job.input, webhook: job.webhook });
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpReply(400, 'The path is not valid.');
  }
}
