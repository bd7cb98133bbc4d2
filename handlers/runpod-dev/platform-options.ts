import type { PlatformLimits } from './platform-limits.ts';
import type { PlatformLog } from './platform-log.ts';
import type { FsyncRule } from './storage/journal.ts';
import type { WorkerCommand } from './workers/worker-fleet.ts';

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
  /** Key that callers and workers must send; needed where other machines can reach `host`. @default none */
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
  /** Ends the workers in order, then the platform. */
  close(): Promise<void>;
  /** Kills the workers at once; `close` may be under way. */
  killWorkers(): void;
};
