import { Argument, Command, Option } from 'commander';
import { formatNames } from '../../core/formats/index.ts';
import type { CliContext } from './context.ts';
import { channelSelection, seconds, wholeNumber } from './option-parsers.ts';
import { TURN_FORMATS } from './output.ts';
import { PROGRESS_MODES } from './progress.ts';
import { sendAll, type RemoteOptions, type Send } from './remote-jobs.ts';
import { addSpeakerOptions, speakerOptionsOf, type SpeakerOptions } from './speaker-options.ts';

type RemoteDiarizeOptions = RemoteOptions &
  SpeakerOptions & { readonly preset?: string; readonly channel?: number | 'mix' };

type RemoteTranscribeOptions = RemoteOptions &
  SpeakerOptions & {
    readonly model?: string;
    readonly language?: string;
    readonly task: 'transcribe' | 'translate';
    readonly diarize: boolean;
    readonly pauseThreshold?: number;
  };

const MAX_CONCURRENCY = 64;
const TRANSCRIPT_FORMATS = formatNames('words');

const EXAMPLES = `Examples:
  colloquy remote transcribe meeting.m4a --endpoint abc123 --format srt > meeting.srt
  colloquy remote diarize calls/*.flac --endpoint abc123 --output results/
  colloquy remote diarize talk.wav --endpoint local --base-url http://127.0.0.1:8000/v2

The key is read from RUNPOD_API_KEY or COLLOQUY_API_KEY. Files over 7 MB go through the bucket COLLOQUY_UPLOAD_BUCKET
(COLLOQUY_UPLOAD_REGION, COLLOQUY_UPLOAD_ENDPOINT; credentials as the AWS command takes them).
`;

/** `colloquy remote diarize|transcribe`: the work of a RunPod endpoint or a server, with local output and exit codes. */
export function remoteCommand(context: CliContext): Command {
  return new Command('remote')
    .description('Have the work done by a RunPod endpoint or a server')
    .addCommand(remoteDiarize(context))
    .addCommand(remoteTranscribe(context));
}

function remoteDiarize(context: CliContext): Command {
  return addRemoteOptions(
    new Command('diarize').description('Say who spoke when in recordings'),
    TURN_FORMATS,
  )
    .option('--preset <name>', 'models and settings of the worker')
    .addOption(
      new Option('--channel <channel>', 'one channel, counted from 0, or the mean of all').argParser(
        channelSelection('--channel'),
      ),
    )
    .action((inputs: string[], options: RemoteDiarizeOptions) => {
      const { preset, channel } = options;
      const send: Send = (client, audio, limits) =>
        client.diarize({ audio, preset, channel, ...speakerRequest(options) }, limits);
      return sendAll(inputs, options, send, context);
    });
}

function remoteTranscribe(context: CliContext): Command {
  return addRemoteOptions(
    new Command('transcribe').description('Say who said what in recordings'),
    TRANSCRIPT_FORMATS,
  )
    .option('--model <name>', 'recogniser of the worker')
    .option('--language <code>', 'language spoken, or auto')
    .addOption(
      new Option('--task <task>', 'write what is said, or its translation to English')
        .choices(['transcribe', 'translate'])
        .default('transcribe'),
    )
    .option('--no-diarize', 'do not say who speaks')
    .addOption(
      new Option('--pause-threshold <seconds>', 'list pauses from this length on').argParser(
        seconds('--pause-threshold'),
      ),
    )
    .action((inputs: string[], options: RemoteTranscribeOptions) => {
      const { model, language, task, diarize, pauseThreshold } = options;
      const request = {
        model,
        language,
        translate: task === 'translate' ? true : undefined,
        diarize: diarize ? undefined : false,
        pauseThresholdSeconds: pauseThreshold,
        ...speakerRequest(options),
      };
      const send: Send = (client, audio, limits) => client.transcribe({ audio, ...request }, limits);
      const format = options.format ?? (options.output === undefined ? 'text' : undefined);
      return sendAll(inputs, format === undefined ? options : { ...options, format }, send, context);
    });
}

function addRemoteOptions(command: Command, formats: readonly string[]): Command {
  return addSpeakerOptions(
    command
      .addHelpText('before', EXAMPLES)
      .addArgument(new Argument('<input...>', 'files or URLs; - is standard input'))
      .option('--endpoint <id>', 'RunPod endpoint (or RUNPOD_ENDPOINT_ID)')
      .option('--base-url <url>', 'where RunPod’s API is, or a Colloquy server (or COLLOQUY_BASE_URL)')
      .addOption(new Option('--format <format>', 'form of the result').choices(formats))
      .option('--output <path>', 'a file, a folder for one file an input, or - for standard output')
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
      ),
  );
}

function speakerRequest(options: SpeakerOptions): Record<string, number | undefined> {
  speakerOptionsOf(options);
  const { numSpeakers, minSpeakers, maxSpeakers, minDuration } = options;
  return { numSpeakers, minSpeakers, maxSpeakers, minDurationSeconds: minDuration };
}
