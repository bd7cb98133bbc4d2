/** Colloquy's jobs as a RunPod worker: what `startWorker` and `serveWorker` need, wired. */
import type { Engine } from '../../core/engine/engine.ts';
import type { SpeechError } from '../../core/errors.ts';
import {
  type JobOutput,
  SCHEMA_VERSION,
  type StreamEvent,
  type WebhookEvent,
} from '../../sdk/contract/index.ts';
import { openStore, startEngine } from '../setup/composition.ts';
import type { Config } from '../setup/config.ts';
import { debugText } from '../errors/debug-text.ts';
import {
  createAudioFetcher,
  createGuardedHttp,
  DEFAULT_FETCH_LIMITS,
  DEFAULT_FETCH_POLICY,
} from '../work/fetch-audio/index.ts';
import { errorBodyOf } from '../work/jobs/error-body.ts';
import type { JobServices } from '../work/jobs/job-services.ts';
import { runJob, taskOf } from '../work/jobs/run-job.ts';
import { streamJob } from '../work/jobs/stream-job.ts';
import { warmUp } from '../work/jobs/warm-up.ts';
import { parseS3ResultOptions } from '../work/s3/s3-result-options.ts';
import { toSpeechError } from '../errors/to-speech-error.ts';
import { postWebhook } from '../work/webhook/post-webhook.ts';
import type { ErrorDescription } from '../runpod/error-text.ts';
import type { FitnessCheck } from '../runpod/fitness.ts';
import type { JobContext } from '../runpod/jobs/handler.ts';
import type { RunpodJob } from '../runpod/jobs/job.ts';
import { storeResultsInS3 } from '../runpod/s3-results.ts';
import { diskCheck, memoryCheck, networkCheck, programCheck } from '../runpod/system-checks.ts';
import type { WorkerOptions } from '../runpod/worker.ts';
import { parseWorkerSettings, type WorkerSettings } from './worker-settings.ts';

export type ColloquyWorker = {
  readonly options: Omit<WorkerOptions, 'environment'>;
  /** Ends the engine; nothing may run any more. */
  readonly close: () => Promise<void>;
};

/**
 * @param temporaryFolder whose disk must have room
 * @throws DependencyError `configuration_invalid`
 */
export function createColloquyWorker(config: Config, temporaryFolder: string): ColloquyWorker {
  const settings = parseWorkerSettings(config.environment);
  const files = parseS3ResultOptions(config.environment);
  const fetcher = createAudioFetcher({
    policy: settings.fetchPolicy,
    limits: settings.fetchLimits,
    ...(files === undefined ? {} : { s3: files.store }),
  });
  const models = openStore(config);
  let engine: Promise<Engine> | undefined;
  const services = async (): Promise<JobServices> => {
    engine ??= startEngine(config, { concurrentTasks: settings.concurrency });
    return { engine: await engine, models, fetcher, audioLimits: config.audioLimits, files };
  };
  const webhooks = webhookSender(settings);

  async function run(
    job: RunpodJob,
    { progress, log }: JobContext,
    signal: AbortSignal,
    onEvent?: (event: StreamEvent) => void,
  ): Promise<JobOutput> {
    try {
      const hooks = { requestId: job.id, signal, progress, onEvent };
      const result = await runJob(job.input, await services(), hooks);
      await webhooks?.send(job, undefined, signal);
      return result;
    } catch (error) {
      const failure = toSpeechError(error);
      log('WARN', `Failed: ${failure.code}.`);
      if (config.environment.COLLOQUY_DEBUG) log('ERROR', debugText(error));
      await webhooks?.send(job, failure, signal);
      throw failure;
    }
  }

  function handler(job: RunpodJob, context: JobContext): unknown {
    if (!wantsStream(job.input)) return run(job, context, context.signal);
    return streamJob((signal, onEvent) => run(job, context, signal, onEvent), context.signal);
  }

  return {
    options: {
      handler,
      concurrency: settings.concurrency,
      fitnessChecks: [
        ...systemChecks(settings, temporaryFolder),
        {
          name: 'models',
          run: async () => {
            await fetcher.sweep();
            await warmUp(await services(), settings.preload);
          },
        },
      ],
      describeError,
      ...(files === undefined ? {} : { oversizedResult: storeResultsInS3(files) }),
    },
    close: async () => {
      await (await engine)?.close();
      await fetcher.close();
      await webhooks?.close();
    },
  };
}

/** Whether the author of a job reads its events. Whatever else is wrong with the input, the job itself says. */
function wantsStream(input: unknown): boolean {
  return typeof input === 'object' && input !== null && (input as { stream?: unknown }).stream === true;
}

/** Our error body, and the two fields that readers of the original worker's errors look at. */
function describeError(error: unknown, jobId: string): ErrorDescription {
  const failure = toSpeechError(error);
  return { error_type: failure.name, error_message: failure.message, ...errorBodyOf(failure, jobId) };
}

function systemChecks(settings: WorkerSettings, temporaryFolder: string): FitnessCheck[] {
  return [
    programCheck('ffmpeg', ['-version']),
    memoryCheck(settings.minFreeMemoryBytes),
    diskCheck(temporaryFolder, settings.minFreeDiskPercent),
    ...(settings.networkCheck === undefined
      ? []
      : [networkCheck(settings.networkCheck.host, settings.networkCheck.port, NETWORK_TIMEOUT_MS)]),
  ];
}

const NETWORK_TIMEOUT_MS = 5_000;

type WebhookSender = {
  readonly send: (job: RunpodJob, failure: SpeechError | undefined, signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Tells the address that a job names how it ended; nothing without a secret to sign with. */
function webhookSender(settings: WorkerSettings): WebhookSender | undefined {
  const secret = settings.webhookSecrets;
  if (secret.length === 0) return undefined;
  const http = createGuardedHttp({ ...DEFAULT_FETCH_POLICY, ...settings.fetchPolicy }, DEFAULT_FETCH_LIMITS);
  return {
    close: () => http.close(),
    send: async (job, failure, signal) => {
      const input = job.input as { webhook?: unknown; idempotencyKey?: unknown; metadata?: unknown } | null;
      if (typeof input !== 'object' || typeof input?.webhook !== 'string') return;
      const task = taskOf(input);
      // An input that is not valid has no address that we would trust.
      if (task === undefined) return;
      const event: WebhookEvent = {
        schemaVersion: SCHEMA_VERSION,
        type: failure === undefined ? 'job.completed' : 'job.failed',
        timestamp: new Date().toISOString(),
        data: {
          jobId: job.id,
          task,
          ...(typeof input.idempotencyKey === 'string' ? { idempotencyKey: input.idempotencyKey } : {}),
          ...(input.metadata === undefined ? {} : { metadata: input.metadata as Record<string, unknown> }),
          ...(failure === undefined ? {} : { error: errorBodyOf(failure, job.id) }),
        },
      };
      await postWebhook(input.webhook, `msg_${job.id}`, event, { secret, http }, signal);
    },
  };
}
