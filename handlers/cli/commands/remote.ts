import { Argument, Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { type AudioCliOptions, audioTrackOption } from '../options/audio-options.ts';
import { channelSelection, seconds, wholeNumber } from '../options/option-parsers.ts';
import { TURN_FORMATS } from '../output/output-plan.ts';
import { PROGRESS_MODES } from '../output/progress.ts';
import { sendAll, type RemoteOptions, type Send } from '../remote/remote-jobs.ts';
import {
  addRenderOptions,
  namesOf,
  type RenderCliOptions,
  renderOptionsOf,
} from '../options/render-options.ts';
import { presetOption } from '../options/preset-option.ts';
import { transcribeJobOptions, type TranscribeJobOptions } from '../options/job-options.ts';
import { addSpeakerOptions, speakerJobOptions, type SpeakerOptions } from '../options/speaker-options.ts';
import {
  addRecognitionOptions,
  type RecognitionCliOptions,
  wantsSpeakers,
} from '../options/transcribe-options.ts';
import { checkStream } from '../output/utterance-stream.ts';

type RemoteDiarizeOptions = RemoteOptions &
  AudioCliOptions &
  SpeakerOptions & { readonly preset?: string; readonly channel?: number | 'mix' };

type RemoteTranscribeOptions = RemoteOptions &
  AudioCliOptions &
  RenderCliOptions &
  RecognitionCliOptions & { readonly model?: string; readonly preset?: string };

const MAX_CONCURRENCY = 64;

const EXAMPLES = `Examples:
  colloquy remote transcribe meeting.m4a --endpoint abc123 --output meeting.srt
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
  const format = new Option('-f, --format <format>', 'form of the result').choices(TURN_FORMATS);
  const command = new Command('diarize').description('Say who spoke when in recordings');
  return addSpeakerOptions(addRemoteOptions(command, format))
    .addOption(presetOption('models and settings of the worker'))
    .addOption(
      new Option('--channel <channel>', 'one channel, counted from 0, or the mean of all').argParser(
        channelSelection('--channel'),
      ),
    )
    .action((inputs: string[], options: RemoteDiarizeOptions) => {
      const { preset, channel, audioTrack } = options;
      const send: Send = (client, audio, limits) =>
        client.diarize({ audio, preset, channel, audioTrack, ...speakerJobOptions(options) }, limits);
      return sendAll(inputs, options, { takes: 'turns', send }, context);
    });
}

function remoteTranscribe(context: CliContext): Command {
  const format = new Option(
    '-f, --format <formats>',
    'one or several with commas, or all, as colloquy transcribe takes them',
  );
  const command = addRemoteOptions(
    new Command('transcribe').description('Say who said what in recordings'),
    format,
  )
    .option('--stream', 'print utterances as soon as they are final')
    .option('-m, --model <name>', 'recogniser of the worker')
    .addOption(presetOption('what tells speakers apart'));
  return addRenderOptions(addRecognitionOptions(command)).action(
    async (inputs: string[], options: RemoteTranscribeOptions) => {
      checkStream(options);
      const names = await namesOf(options.speakers);
      const wanted = transcribeJobOptions(options, wantsSpeakers(options));
      const speakerNames = names && Object.fromEntries(names);
      const send = sendTranscription({ ...wanted, speakerNames });
      const rendering = (recordingId: string) => renderOptionsOf(options, recordingId);
      await sendAll(inputs, options, { takes: 'words', send, rendering, names }, context);
    },
  );
}

function sendTranscription(
  request: TranscribeJobOptions & { readonly speakerNames: Readonly<Record<string, string>> | undefined },
): Send {
  return async (client, audio, limits, onUtterance) => {
    if (onUtterance === undefined) return client.transcribe({ audio, ...request }, limits);
    const utterances = client.utterances(audio, { ...request, ...limits });
    for (;;) {
      const next = await utterances.next();
      if (next.done === true) return next.value;
      onUtterance(next.value);
    }
  };
}

function addRemoteOptions(command: Command, format: Option): Command {
  return command
    .addHelpText('before', EXAMPLES)
    .addArgument(new Argument('<input...>', 'files or URLs; - is standard input'))
    .option('--endpoint <id>', 'RunPod endpoint (or RUNPOD_ENDPOINT_ID)')
    .option('--base-url <url>', 'where RunPod’s API is, or a Colloquy server (or COLLOQUY_BASE_URL)')
    .addOption(format)
    .option('-o, --output <path>', 'a file, a folder for one file an input, or - for standard output')
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
