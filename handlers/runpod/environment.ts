import { randomUUID } from 'node:crypto';
import { DependencyError } from '../../core/errors.ts';
import { LOG_LEVELS, type LogLevel } from './log.ts';

/** What the platform tells a worker through `RUNPOD_*` variables, parsed once. */
export type WorkerEnvironment = {
  /** URL templates with `$ID` and `$RUNPOD_POD_ID`; `undefined` for take means: not on the platform. */
  readonly takeTemplate: string | undefined;
  readonly outputTemplate: string | undefined;
  readonly streamTemplate: string | undefined;
  readonly pingTemplate: string | undefined;
  readonly pingIntervalMs: number;
  /** Sent as it is, without `Bearer`, in `Authorization`; empty when unset. */
  readonly apiKey: string;
  readonly workerId: string;
  /** False when the worker id was made up here: the platform would not know who pings. */
  readonly workerIdIsGiven: boolean;
  readonly hostname: string;
  readonly endpointId: string | undefined;
  readonly logLevel: LogLevel;
  /** Appended to the User-Agent as `Integration/<text>`. */
  readonly integration: string | undefined;
};

const DEFAULT_PING_INTERVAL_MS = 10_000;

/**
 * Reads the variables of a worker from a record such as `process.env`. Empty texts count as unset.
 *
 * @throws DependencyError `configuration_invalid` naming the variable, never its value where that is a key
 */
export function parseWorkerEnvironment(env: Readonly<Record<string, string | undefined>>): WorkerEnvironment {
  const text = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const workerId = text('RUNPOD_POD_ID');
  const environment: WorkerEnvironment = {
    takeTemplate: text('RUNPOD_WEBHOOK_GET_JOB'),
    outputTemplate: text('RUNPOD_WEBHOOK_POST_OUTPUT'),
    streamTemplate: text('RUNPOD_WEBHOOK_POST_STREAM'),
    pingTemplate: text('RUNPOD_WEBHOOK_PING'),
    pingIntervalMs: parsePingInterval(text('RUNPOD_PING_INTERVAL')),
    apiKey: text('RUNPOD_AI_API_KEY') ?? '',
    workerId: workerId ?? randomUUID(),
    workerIdIsGiven: workerId !== undefined,
    hostname: text('RUNPOD_POD_HOSTNAME') ?? 'unknown',
    endpointId: text('RUNPOD_ENDPOINT_ID'),
    logLevel: parseLogLevel(text('RUNPOD_LOG_LEVEL') ?? text('RUNPOD_DEBUG_LEVEL') ?? 'INFO'),
    integration: text('RUNPOD_UA_INTEGRATION'),
  };
  requireUrl('RUNPOD_WEBHOOK_GET_JOB', environment.takeTemplate);
  requireUrl('RUNPOD_WEBHOOK_POST_OUTPUT', environment.outputTemplate);
  requireUrl('RUNPOD_WEBHOOK_POST_STREAM', environment.streamTemplate);
  requireUrl('RUNPOD_WEBHOOK_PING', environment.pingTemplate);
  return environment;
}

/** Whole seconds, as the platform is used to; never under one, where the original stops pinging. */
function parsePingInterval(value: string | undefined): number {
  if (value === undefined) return DEFAULT_PING_INTERVAL_MS;
  const ms = Number(value);
  if (!Number.isFinite(ms) || ms < 0) {
    throw new DependencyError(
      'configuration_invalid',
      `RUNPOD_PING_INTERVAL must be a number of milliseconds, not ${JSON.stringify(value)}.`,
    );
  }
  return Math.max(1000, Math.floor(ms / 1000) * 1000);
}

/** @throws DependencyError `configuration_invalid` for a level that does not exist */
export function parseLogLevel(value: string): LogLevel {
  const upper = value.toUpperCase();
  const level = LOG_LEVELS.find((known) => known === upper);
  if (level === undefined) {
    throw new DependencyError(
      'configuration_invalid',
      `The log level must be one of ${LOG_LEVELS.join(', ')}, not ${JSON.stringify(value)}.`,
    );
  }
  return level;
}

function requireUrl(name: string, template: string | undefined): void {
  if (template === undefined || /^https?:\/\//i.test(template)) return;
  throw new DependencyError('configuration_invalid', `${name} must be an http or https URL.`);
}
