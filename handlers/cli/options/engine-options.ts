/** What all commands that run models have in common. */
import { type Command, Option } from 'commander';
import type { AudioRequest, AudioSettings } from '../../../core/engine/audio-request.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { PROVIDER_CHOICES, type ProviderChoice } from '../../../core/inference/execution-provider.ts';
import type { ModelCallOptions } from '../../../models/store.ts';
import { startEngine } from '../../setup/composition.ts';
import { MAX_THREADS } from '../../setup/config.ts';
import type { CliContext } from '../context.ts';
import { type AudioCliOptions, audioTrackOption } from './audio-options.ts';
import { wholeNumber } from './option-parsers.ts';
import {
  type InputReference,
  type Messenger,
  PROGRESS_MODES,
  type ProgressMode,
} from '../output/progress.ts';
import { standardInput } from '../input/standard-input.ts';

/** What `addEngineOptions` gives the action. */
export type EngineCliOptions = AudioCliOptions & {
  readonly provider?: ProviderChoice;
  readonly threads?: number;
  readonly progress: ProgressMode;
};

/** Adds the options that say what is heard, what runs the models, and how progress is told. */
export function addEngineOptions(command: Command): Command {
  return command
    .addOption(audioTrackOption())
    .addOption(
      new Option('--provider <name>', 'what runs the models (default: auto)').choices(PROVIDER_CHOICES),
    )
    .addOption(
      new Option('--threads <n>', 'threads that run models (default: all cores)').argParser(
        wholeNumber('--threads', 1, MAX_THREADS),
      ),
    )
    .addOption(
      new Option('--progress <mode>', 'a bar on a terminal, JSON lines on stderr, or nothing')
        .choices(PROGRESS_MODES)
        .default('auto'),
    );
}

/** The engine as the options and the configuration want it. */
export function startEngineFor(
  options: EngineCliOptions,
  { config, forkedEngine, startEngine: start = startEngine }: CliContext,
  more: { readonly concurrentTasks?: number } = {},
): Promise<Engine> {
  return start(config, {
    provider: options.provider ?? config.provider,
    laneCount: options.threads ?? config.threads,
    forked: forkedEngine,
    ...more,
  });
}

/** Lets the user see and stop downloads of models. */
export function modelCalls(messenger: Messenger, { signal }: CliContext): ModelCallOptions {
  return {
    signal,
    onProgress: ({ id, receivedBytes, totalBytes }) => {
      const progress = { stage: 'download', done: receivedBytes, total: totalBytes ?? null };
      messenger.progress({ index: 0, name: id }, progress);
    },
    onWait: (id) => messenger.note(`another process is downloading ${id}, waiting`),
  };
}

/** The recording that an argument of the command line names. */
export function audioOf(
  input: string,
  { name }: InputReference,
  { config, stdin }: CliContext,
  { channel, audioTrack }: Pick<AudioSettings, 'channel' | 'audioTrack'>,
): AudioRequest {
  const settings = { name, channel, audioTrack, limits: config.audioLimits };
  return input === '-' ? { ...settings, stream: standardInput(stdin) } : { ...settings, path: input };
}
