/** Colloquy's jobs as a RunPod worker: what `startWorker` and `serveWorker` need, wired. */
import type { Engine } from '../../core/engine/engine.ts';
import type { Config } from '../setup/config.ts';
import { openStore, startEngine } from '../setup/composition.ts';
import { toSpeechError } from '../errors/to-speech-error.ts';
import { createAudioFetcher, DEFAULT_FETCH_POLICY } from '../work/fetch-audio/index.ts';
import { errorBodyOf } from '../work/jobs/error-body.ts';
import type { JobServices } from '../work/jobs/job-services.ts';
import { warmUp } from '../work/jobs/warm-up.ts';
import { parseS3ResultOptions } from '../work/s3/s3-result-options.ts';
import { parseS3Store } from '../work/s3/s3-store-variables.ts';
import type { ErrorDescription } from '../runpod/error-text.ts';
import type { FitnessCheck } from '../runpod/fitness.ts';
import { storeResultsInS3 } from '../runpod/s3-results.ts';
import { diskCheck, memoryCheck, networkCheck, programCheck } from '../runpod/system-checks.ts';
import type { WorkerOptions } from '../runpod/worker.ts';
import { createJobHandler } from './job-handler.ts';
import { createWebhookSender } from '../work/webhook/webhook-sender.ts';
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
  const policy = { ...DEFAULT_FETCH_POLICY, ...settings.fetchPolicy };
  const files = parseS3ResultOptions(config.environment);
  const fetcher = createAudioFetcher({
    policy,
    limits: settings.fetchLimits,
    // Also without a bucket for results: audio may lie in a store of the operator's all the same.
    s3: parseS3Store(config.environment),
  });
  const models = openStore(config);
  let engine: Promise<Engine> | undefined;
  const services = async (): Promise<JobServices> => {
    engine ??= startEngine(config, { concurrentTasks: settings.concurrency });
    return { engine: await engine, models, fetcher, audioLimits: config.audioLimits, files };
  };
  const webhooks = createWebhookSender(settings.webhookSecrets, policy);
  return {
    options: {
      handler: createJobHandler({
        services,
        files,
        policy,
        webhooks,
        debug: Boolean(config.environment.COLLOQUY_DEBUG),
      }),
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
      oversizedResult: storeResultsInS3(files, { policy }),
    },
    close: async () => {
      await (await engine)?.close();
      await fetcher.close();
      await webhooks?.close();
    },
  };
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
