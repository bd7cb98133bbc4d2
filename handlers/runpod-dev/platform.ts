import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ByteBudget } from '../work/http/byte-budget.ts';
import { createAccessCheck, requireKeyInPublic } from './api/access.ts';
import { PublicApi } from './api/public-api.ts';
import { RateLimiter } from './api/rate-limit.ts';
import { createRouter } from './api/router.ts';
import { webhookView } from './api/views.ts';
import { JOBS_WAIT, WorkerApi } from './api/worker-api.ts';
import {
  BODY_BUDGET_BYTES,
  DEFAULT_PLATFORM_LIMITS,
  MAX_KEPT_BYTES_ON_DISK,
  type PlatformLimits,
} from './platform-limits.ts';
import type { PlatformLog } from './platform-log.ts';
import type { PlatformOptions, RunningPlatform } from './platform-options.ts';
import { JobQueue } from './queue/job-queue.ts';
import type { JobRecord } from './queue/job-record.ts';
import { NO_MEMORY } from './queue/job-table.ts';
import { Journal } from './storage/journal.ts';
import { memoryPayloads } from './storage/payload-store.ts';
import { WaitingRoom } from './waiting-room.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';
import { WorkerFleet } from './workers/worker-fleet.ts';
import { WorkerRegistry } from './workers/worker-registry.ts';
import { systemErrorCode } from '../../core/system-error-code.ts';

const DEFAULT_HOST = '127.0.0.1';

/** How often leases and times are looked at. */
const TICK_MS = 250;

/** Pings of local workers: often enough that a killed one is noticed soon. */
const PING_INTERVAL_MS = 2_000;

/** A journal that has grown by so much is written anew. */
const MAX_JOURNAL_GROWTH_BYTES = 64 * 1024 * 1024;

/** The key of workers where none is needed: they refuse to ping without one. */
const WORKER_KEY = 'local';

/** A body of 256 MB over a slow line. */
const REQUEST_TIMEOUT_MS = 600_000;

/**
 * Starts the local platform and its workers; resolves when it listens.
 *
 * @throws DependencyError `configuration_invalid` for a public address without a key, or a folder that cannot be used
 */
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
  readonly #webhooks: Webhooks;
  readonly #server: Server;
  #fleet: WorkerFleet | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closing = false;
  #isInTrouble = false;

  constructor(options: PlatformOptions) {
    requireKeyInPublic(options.host ?? DEFAULT_HOST, options.apiKey);
    const limits: PlatformLimits = {
      ...DEFAULT_PLATFORM_LIMITS,
      ...(options.dataFolder === undefined ? {} : { maxKeptBytes: MAX_KEPT_BYTES_ON_DISK }),
      ...options.limits,
    };
    this.#options = options;
    this.#endpoint = options.endpoint ?? 'local';
    this.#log = options.log ?? (() => undefined);
    this.#registry = new WorkerRegistry(limits.leaseMs + limits.holdMs);
    this.#webhooks = createWebhooks({
      allowPrivate: options.allowPrivateWebhooks ?? false,
      log: this.#log,
      ...(options.webhookRetryDelayMs === undefined ? {} : { retryDelayMs: options.webhookRetryDelayMs }),
    });
    this.#journal = this.#openJournal();
    const payloads = this.#journal?.payloads ?? memoryPayloads;
    this.#queue = new JobQueue({
      limits,
      memory: this.#journal ?? NO_MEMORY,
      dropPayload: (payload) => payloads.drop(payload),
      events: {
        onChange: (job) => this.#onChange(job),
        onRemoved: (jobId) => this.#waiting.call(jobId),
        onFinal: (job) => this.#onFinal(job),
        onStop: (workerId, jobId) => {
          this.#registry.addStop(workerId, jobId);
          this.#waiting.call(workerId);
        },
      },
    });
    const shared = {
      queue: this.#queue,
      limits,
      payloads,
      bodies: new ByteBudget(BODY_BUDGET_BYTES),
      sizeLimits: options.sizeLimits ?? false,
    };
    const route = createRouter({
      endpoint: this.#endpoint,
      checkAccess: createAccessCheck(options.apiKey),
      publicApi: new PublicApi({
        ...shared,
        changes: this.#waiting,
        workerCounts: () =>
          this.#registry.counts((id) => this.#queue.heldBy(id).length, this.#fleet?.missing ?? 0),
      }),
      workerApi: new WorkerApi({
        ...shared,
        registry: this.#registry,
        calls: this.#waiting,
        isClosing: () => this.#closing,
        onStopPod: (workerId) => this.#fleet?.replace(workerId),
      }),
      limiter: options.rateLimits === true ? new RateLimiter() : undefined,
      onFault: (error) => this.#log('error', `request failed: ${nameOf(error)}`),
    });
    this.#server = createServer((request, response) => void route(request, response));
    this.#server.requestTimeout = REQUEST_TIMEOUT_MS;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#base(this.#host)}/v2/${this.#endpoint}`;
  }

  get workers(): readonly { readonly workerId: string; readonly pid: number }[] {
    return this.#fleet?.workers ?? [];
  }

  get #host(): string {
    return this.#options.host ?? DEFAULT_HOST;
  }

  #base(host: string): string {
    return `http://${host.includes(':') ? `[${host}]` : host}:${this.port}`;
  }

  async listen(): Promise<void> {
    if (this.#journal !== undefined) {
      const { jobs, totals } = this.#journal.open();
      this.#queue.restore(jobs, totals);
    }
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
        this.#survive(() => this.#queue.workerLost(workerId));
      },
      stopMs: this.#options.stopMs ?? 30_000,
    });
    this.#fleet.start();
  }

  workerEnvironment(workerId: string): Readonly<Record<string, string>> {
    const isEveryAddress = this.#host === '0.0.0.0' || this.#host === '::';
    const base = `${this.#base(isEveryAddress ? DEFAULT_HOST : this.#host)}/v2/${this.#endpoint}`;
    return {
      RUNPOD_WEBHOOK_GET_JOB: `${base}/job-take/$ID?gpu=local`,
      RUNPOD_WEBHOOK_POST_OUTPUT: `${base}/job-done/$RUNPOD_POD_ID/$ID?gpu=local`,
      RUNPOD_WEBHOOK_POST_STREAM: `${base}/job-stream/$RUNPOD_POD_ID/$ID?gpu=local`,
      RUNPOD_WEBHOOK_PING: `${base}/ping/$RUNPOD_POD_ID?gpu=local`,
      RUNPOD_PING_INTERVAL: String(this.#options.pingIntervalMs ?? PING_INTERVAL_MS),
      RUNPOD_AI_API_KEY: this.#options.apiKey ?? WORKER_KEY,
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

  killWorkers(): void {
    this.#fleet?.kill();
  }

  #openJournal(): Journal | undefined {
    const { dataFolder: folder, fsync = 'interval' } = this.#options;
    if (folder === undefined) return undefined;
    return new Journal({
      folder,
      fsync,
      maxGrowthBytes: MAX_JOURNAL_GROWTH_BYTES,
      onLost: (jobId) => this.#log('warn', `job ${jobId} is lost: a file of it is not what it was`),
    });
  }

  #tick(): void {
    this.#registry.sweep();
    this.#survive(() => this.#queue.tick());
    this.#survive(() => this.#journal?.compact(this.#queue));
  }

  /** Work that no request waits for: what a full disk keeps from happening now, a later tick brings about. */
  #survive(work: () => void): void {
    try {
      work();
      this.#isInTrouble = false;
    } catch (error) {
      if (!this.#isInTrouble) this.#log('error', `the platform cannot go on at present: ${nameOf(error)}`);
      this.#isInTrouble = true;
    }
  }

  #onChange(job: JobRecord): void {
    if (job.state === 'IN_QUEUE') this.#waiting.callFirst(JOBS_WAIT);
    this.#waiting.call(job.id);
  }

  #onFinal(job: JobRecord): void {
    if (job.webhook === undefined) return;
    const told = this.#webhooks.send(job.webhook, webhookView(job));
    void told.then(() => this.#survive(() => this.#queue.forgetInput(job)));
  }
}

/** What kind of error it is, for the log: its text may hold anything. */
function nameOf(error: unknown): string {
  const code = systemErrorCode(error);
  if (code !== undefined) return code;
  return error instanceof Error ? error.name : 'unknown';
}
