import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { writeReport } from '../../input/work-on-inputs.ts';
import {
  addRangeOptions,
  addReportOptions,
  addSampleOptions,
  type RangeOptions,
  rangeOf,
  type ReportOptions,
  type SampleOptions,
  sampleJobOptions,
} from '../../options/voice-options.ts';
import { embedReport } from '../../output/voice-reports.ts';
import { addRemoteCallOptions, type RemoteCallOptions, remoteInputs } from '../remote-options.ts';
import { sendEach, withClient } from '../report-each.ts';

type Options = RemoteCallOptions &
  SampleOptions &
  RangeOptions &
  ReportOptions & { readonly normalize: boolean; readonly windows?: true };

/** `colloquy remote embed`. */
export function remoteEmbed(context: CliContext): Command {
  const command = new Command('embed')
    .description('Turn the voice in recordings into vectors')
    .addArgument(remoteInputs());
  addReportOptions(addRangeOptions(command))
    .option('--windows', 'also one vector for each window that the network heard')
    .option('--no-normalize', 'leave vectors as the network gives them, not of unit length');
  return addRemoteCallOptions(addSampleOptions(command)).action((inputs: string[], options: Options) =>
    withClient(options, context, async (session) => {
      const { normalize, windows: includeWindows } = options;
      const request = { ...sampleJobOptions(options), range: rangeOf(options), normalize, includeWindows };
      const done = await sendEach(inputs, options, session, (audio, limits) =>
        session.client.embed({ audio, ...request }, limits),
      );
      await writeReport(embedReport(done), options, context);
    }),
  );
}
