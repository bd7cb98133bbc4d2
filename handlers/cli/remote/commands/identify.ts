import { Command } from 'commander';
import { EXIT_CODES } from '../../../errors/error-mapping.ts';
import type { CliContext } from '../../context.ts';
import type { VoiceFolderOptions } from '../../input/known-voices.ts';
import { writeReport } from '../../input/work-on-inputs.ts';
import { addIdentifyOptions, type IdentifyCliOptions } from '../../options/identify-options.ts';
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
import { identifyReport } from '../../output/voice-reports.ts';
import { addRemoteCallOptions, type RemoteCallOptions, remoteInputs } from '../remote-options.ts';
import { addRemoteVoicesOption, remoteVoices } from '../remote-voices.ts';
import { sendEach, withClient } from '../report-each.ts';

type Options = RemoteCallOptions &
  SampleOptions &
  RangeOptions &
  ReportOptions &
  ThresholdOptions &
  VoiceFolderOptions &
  IdentifyCliOptions;

/** `colloquy remote identify`. */
export function remoteIdentify(context: CliContext): Command {
  const command = addIdentifyOptions(
    new Command('identify')
      .description('Say which known voice recordings are spoken by, if any')
      .addArgument(remoteInputs()),
  );
  addReportOptions(addThresholdOption(addRangeOptions(addRemoteVoicesOption(command))));
  return addRemoteCallOptions(addSampleOptions(command)).action((inputs: string[], options: Options) =>
    withClient(options, context, async (session) => {
      const voices = await remoteVoices(options, session);
      const { threshold, minMargin, candidates: maxCandidates, failOnMismatch } = options;
      const decision = { threshold, minMargin, maxCandidates };
      const request = { ...sampleJobOptions(options), range: rangeOf(options), voices, ...decision };
      const done = await sendEach(inputs, options, session, (audio, limits) =>
        session.client.identify({ audio, ...request }, limits),
      );
      await writeReport(identifyReport(done), options, context);
      const isUnknown = done.some(({ result }) => result.voice === null);
      if (isUnknown && failOnMismatch === true && done.length === inputs.length)
        context.setExitCode(EXIT_CODES.mismatch);
    }),
  );
}
