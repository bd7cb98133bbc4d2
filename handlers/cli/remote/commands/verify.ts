import { Command } from 'commander';
import { EXIT_CODES } from '../../../errors/error-mapping.ts';
import type { CliContext } from '../../context.ts';
import type { VoiceFolderOptions } from '../../input/known-voices.ts';
import { writeReport } from '../../input/work-on-inputs.ts';
import {
  addRangeOptions,
  addReportOptions,
  addSampleOptions,
  addThresholdOption,
  type RangeOptions,
  rangeOf,
  type ReportOptions,
  type SampleOptions,
  sampleJobOptions,
  type ThresholdOptions,
} from '../../options/voice-options.ts';
import { verifyReport } from '../../output/voice-reports.ts';
import { addRemoteCallOptions, type RemoteCallOptions, remoteInputs } from '../remote-options.ts';
import { addRemoteVoicesOption, remoteVoice } from '../remote-voices.ts';
import { sendEach, withClient } from '../report-each.ts';

type Options = RemoteCallOptions &
  SampleOptions &
  RangeOptions &
  ReportOptions &
  ThresholdOptions &
  VoiceFolderOptions & { readonly voice: string; readonly failOnMismatch?: true };

/** `colloquy remote verify`. */
export function remoteVerify(context: CliContext): Command {
  const command = new Command('verify')
    .description('Say whether recordings are spoken by a known voice')
    .addArgument(remoteInputs())
    .requiredOption('--voice <voice>', 'name of an enrolled voice, or a voice file')
    .option('--fail-on-mismatch', `end with code ${EXIT_CODES.mismatch} where it is somebody else`);
  addReportOptions(addThresholdOption(addRangeOptions(addRemoteVoicesOption(command))));
  return addRemoteCallOptions(addSampleOptions(command)).action((inputs: string[], options: Options) =>
    withClient(options, context, async (session) => {
      const voice = await remoteVoice(options.voice, options, session);
      const { threshold, failOnMismatch } = options;
      const request = { ...sampleJobOptions(options), range: rangeOf(options), voice, threshold };
      const done = await sendEach(inputs, options, session, (audio, limits) =>
        session.client.verify({ audio, ...request }, limits),
      );
      await writeReport(verifyReport(done, voice.name), options, context);
      const isMismatch = done.some(({ result }) => !result.sameSpeaker);
      if (isMismatch && failOnMismatch === true && done.length === inputs.length)
        context.setExitCode(EXIT_CODES.mismatch);
    }),
  );
}
