/** `colloquy remote loudness|detect-speech`. */
import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { writeReport } from '../../input/work-on-inputs.ts';
import {
  addDetectSpeechOptions,
  detectSpeechJobOptions,
  type DetectSpeechCliOptions,
} from '../../options/detect-speech-options.ts';
import {
  addRangeOptions,
  addReportOptions,
  type RangeOptions,
  rangeOf,
  type ReportOptions,
} from '../../options/voice-options.ts';
import { detectSpeechReport, loudnessReport } from '../../output/signal-reports.ts';
import { addRemoteCallOptions, type RemoteCallOptions, remoteInputs } from '../remote-options.ts';
import { sendEach, withClient } from '../report-each.ts';

export function remoteLoudness(context: CliContext): Command {
  const command = new Command('loudness')
    .description('Measure how loud recordings are')
    .addArgument(remoteInputs());
  addReportOptions(addRangeOptions(command));
  return addRemoteCallOptions(command).action(
    (inputs: string[], options: RemoteCallOptions & RangeOptions & ReportOptions) =>
      withClient(options, context, async (session) => {
        const request = { range: rangeOf(options), audioTrack: options.audioTrack };
        const done = await sendEach(inputs, options, session, (audio, limits) =>
          session.client.loudness({ audio, ...request }, limits),
        );
        await writeReport(loudnessReport(done), options, context);
      }),
  );
}

export function remoteDetectSpeech(context: CliContext): Command {
  const command = new Command('detect-speech')
    .description('Say where in recordings somebody speaks')
    .addArgument(remoteInputs());
  addReportOptions(addDetectSpeechOptions(command));
  return addRemoteCallOptions(command).action(
    (inputs: string[], options: RemoteCallOptions & DetectSpeechCliOptions & ReportOptions) =>
      withClient(options, context, async (session) => {
        const { channel, audioTrack } = options;
        const request = { ...detectSpeechJobOptions(options), channel, audioTrack };
        const done = await sendEach(inputs, options, session, (audio, limits) =>
          session.client.detectSpeech({ audio, ...request }, limits),
        );
        await writeReport(detectSpeechReport(done), options, context);
      }),
  );
}
