/** Options of every command whose work is done elsewhere. */
import { Argument, type Command, Option } from 'commander';
import { audioTrackOption } from '../options/audio-options.ts';
import type { AudioCliOptions } from '../options/audio-options.ts';
import { seconds, wholeNumber } from '../options/option-parsers.ts';
import { PROGRESS_MODES, type ProgressMode } from '../output/progress.ts';
import type { EndpointOptions } from './create-client.ts';

/** Where the work is done, and how it is waited for. */
export type RemoteCallOptions = EndpointOptions &
  AudioCliOptions & {
    readonly timeout?: number;
    readonly concurrency: number;
    readonly progress: ProgressMode;
  };

const MAX_CONCURRENCY = 64;

export function remoteInputs(): Argument {
  return new Argument('<input...>', 'files or URLs; - is standard input');
}

export function addEndpointOptions(command: Command): Command {
  return command
    .option('--endpoint <id>', 'RunPod endpoint (or RUNPOD_ENDPOINT_ID)')
    .option('--base-url <url>', 'where RunPod’s API is, or a Colloquy server (or COLLOQUY_BASE_URL)');
}

export function addRemoteCallOptions(command: Command): Command {
  return addEndpointOptions(command)
    .addOption(audioTrackOption())
    .addOption(
      new Option('--timeout <seconds>', 'give up, and cancel the job, after this time').argParser(
        seconds('--timeout'),
      ),
    )
    .addOption(
      new Option('--concurrency <n>', 'recordings at a time')
        .argParser(wholeNumber('--concurrency', 1, MAX_CONCURRENCY))
        .default(4),
    )
    .addOption(
      new Option('--progress <mode>', 'bar on a terminal, JSON lines on stderr, or nothing')
        .choices(PROGRESS_MODES)
        .default('auto'),
    );
}
