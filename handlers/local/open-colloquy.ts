import type { ProviderChoice } from '../../core/inference/execution-provider.ts';
import { openStore, startEngine } from '../setup/composition.ts';
import { type Environment, MAX_THREADS, readConfig } from '../setup/config.ts';
import { createAudioFetcher } from '../work/fetch-audio/index.ts';
import { warmUp } from '../work/jobs/warm-up.ts';
import { parseS3ResultOptions } from '../work/s3/s3-result-options.ts';
import { openVoiceFolder } from '../work/speakers/voice-folder.ts';
import { InvalidRequestError } from '../../sdk/errors/errors.ts';
import { LocalClient } from './local-client.ts';
import type { LocalColloquy } from './local-colloquy.ts';
import { withLocalErrors } from './local-errors.ts';

/** What this machine gives to Colloquy; everything has a default. */
export type OpenColloquyOptions = {
  /**
   * What runs the models.
   *
   * @default `COLLOQUY_PROVIDER`, else `auto`: a GPU where ONNX Runtime finds one
   */
  readonly provider?: ProviderChoice;
  /**
   * Threads that run models; each holds its own copy of every model.
   *
   * @default `COLLOQUY_THREADS`, else every core that this process may use
   */
  readonly threads?: number;
  /**
   * Recordings worked on at the same time; the others wait. One keeps all cores busy.
   *
   * @default 1
   */
  readonly concurrency?: number;
  /**
   * Read-only folders of models, each with `<id>/<file>`, searched before the caches.
   *
   * @default `COLLOQUY_MODELS`
   */
  readonly modelFolders?: readonly string[];
  /**
   * Never fetches a model: one that is not here is an error.
   *
   * @default `COLLOQUY_OFFLINE`, else false
   */
  readonly offline?: boolean;
  /**
   * Presets and recognisers whose models are loaded before the first recording asks for them.
   *
   * @default none
   */
  readonly preload?: readonly string[];
  /**
   * Folder of enrolled voices.
   *
   * @default `COLLOQUY_VOICES`, else `colloquy/voices` in the user's data
   */
  readonly voices?: string;
  /**
   * Longer recordings are refused; seconds.
   *
   * @default `COLLOQUY_MAX_DURATION_SECONDS`, else 86,400 s: a day
   */
  readonly maxDurationSeconds?: number;
  /**
   * Variables that are read instead of those of this process.
   *
   * @default `process.env`
   */
  readonly environment?: Environment;
};

/**
 * Opens Colloquy on this machine: starts the engine, a process of its own that decodes audio and runs the models, so
 * that this one stays free. Models that ship with the package need no network; others are fetched when first used.
 *
 * @example
 * await using colloquy = await openColloquy();
 * const transcript = await colloquy.transcribe('meeting.m4a', { numSpeakers: 2 });
 * console.log(transcript.toSrt());
 * @throws JobFailedError `configuration_invalid`, `provider_unavailable`, `model_missing` and others for `preload`
 */
export function openColloquy(options: OpenColloquyOptions = {}): Promise<LocalColloquy> {
  return withLocalErrors(() => open(options));
}

async function open(options: OpenColloquyOptions): Promise<LocalColloquy> {
  checkCount('threads', options.threads, MAX_THREADS);
  checkCount('concurrency', options.concurrency, MAX_CONCURRENCY);
  const config = readConfig(options.environment);
  const { environment } = config;
  const files = parseS3ResultOptions(environment);
  const voices = openVoiceFolder(options.voices, environment);
  const models = openStore(
    config,
    options.modelFolders === undefined ? {} : { shared: options.modelFolders },
    options.offline,
  );
  const fetcher = createAudioFetcher(files === undefined ? {} : { s3: files.store });
  const engine = await startEngine(config, {
    provider: options.provider ?? config.provider,
    laneCount: options.threads ?? config.threads,
    concurrentTasks: options.concurrency ?? 1,
  });
  const close = async (): Promise<void> => {
    await Promise.all([engine.close(), fetcher.close()]);
  };
  try {
    await warmUp({ engine, models }, options.preload ?? []);
  } catch (error) {
    await close();
    throw error;
  }
  const audioLimits =
    options.maxDurationSeconds === undefined
      ? config.audioLimits
      : { ...config.audioLimits, maxDurationSeconds: options.maxDurationSeconds };
  return new LocalClient({ engine, models, fetcher, files, audioLimits, voices, close });
}

/** More recordings at once than any machine has cores for. */
const MAX_CONCURRENCY = 1_000;

function checkCount(name: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return;
  throw new InvalidRequestError(
    'invalid_option',
    `Expected ${name} to be a whole number from 1 to ${most}; got ${value}.`,
  );
}
