import { Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { channelSelection } from '../options/option-parsers.ts';
import { TURN_FORMATS } from '../output/output-plan.ts';
import { remoteCompare } from '../remote/commands/compare.ts';
import { remoteEmbed } from '../remote/commands/embed.ts';
import { remoteEnroll } from '../remote/commands/enroll.ts';
import { remoteIdentify } from '../remote/commands/identify.ts';
import { remoteDetectSpeech, remoteLoudness } from '../remote/commands/signals.ts';
import { remoteVerify } from '../remote/commands/verify.ts';
import { remoteVoicesCommand } from '../remote/commands/voices.ts';
import { addRemoteCallOptions, remoteInputs } from '../remote/remote-options.ts';
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
import type { VoiceFolderOptions } from '../input/known-voices.ts';
import { thresholdOption, type ThresholdOptions } from '../options/voice-options.ts';
import { withClient } from '../remote/report-each.ts';
import { remoteVoices, SERVER_VOICES } from '../remote/remote-voices.ts';
import { checkStream } from '../output/utterance-stream.ts';

type RemoteDiarizeOptions = RemoteOptions &
  SpeakerOptions &
  VoiceFolderOptions &
  ThresholdOptions & { readonly preset?: string; readonly channel?: number | 'mix' };

type RemoteTranscribeOptions = RemoteOptions &
  RenderCliOptions &
  RecognitionCliOptions & { readonly model?: string; readonly preset?: string };

const EXAMPLES = `Examples:
  colloquy remote transcribe meeting.m4a --endpoint abc123 --output meeting.srt
  colloquy remote diarize calls/*.flac --endpoint abc123 --output results/
  colloquy remote diarize talk.wav --endpoint local --base-url http://127.0.0.1:8000/v2
  colloquy remote enroll Ana ana-1.wav ana-2.wav --base-url http://127.0.0.1:8000
  colloquy remote identify call.wav --base-url http://127.0.0.1:8000

The key is read from RUNPOD_API_KEY or COLLOQUY_API_KEY. Files over 7 MB go through the bucket COLLOQUY_UPLOAD_BUCKET
(COLLOQUY_UPLOAD_REGION, COLLOQUY_UPLOAD_ENDPOINT; credentials as the AWS command takes them).
`;

/** `colloquy remote`: the work of a RunPod endpoint or a server, with the options, output and exit codes of the local commands. */
export function remoteCommand(context: CliContext): Command {
  return new Command('remote')
    .description('Have the work done by a RunPod endpoint or a server')
    .addCommand(remoteDiarize(context))
    .addCommand(remoteTranscribe(context))
    .addCommand(remoteEmbed(context))
    .addCommand(remoteCompare(context))
    .addCommand(remoteVerify(context))
    .addCommand(remoteIdentify(context))
    .addCommand(remoteEnroll(context))
    .addCommand(remoteVoicesCommand(context))
    .addCommand(remoteDetectSpeech(context))
    .addCommand(remoteLoudness(context));
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
    .option('--voices <folder>', `name speakers by the voices of this folder, or of the ${SERVER_VOICES}`)
    .addOption(thresholdOption())
    .action(async (inputs: string[], options: RemoteDiarizeOptions) => {
      const { preset, channel, audioTrack, threshold } = options;
      const voices =
        options.voices === undefined
          ? undefined
          : await withClient(options, context, (session) => remoteVoices(options, session));
      const request = { preset, channel, audioTrack, voices, threshold, ...speakerJobOptions(options) };
      const send: Send = (client, audio, limits) => client.diarize({ audio, ...request }, limits);
      await sendAll(inputs, options, { takes: 'turns', send }, context);
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
  command
    .addHelpText('before', EXAMPLES)
    .addArgument(remoteInputs())
    .addOption(format)
    .option('-o, --output <path>', 'a file, a folder for one file an input, or - for standard output');
  return addRemoteCallOptions(command);
}
