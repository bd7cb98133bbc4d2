import { Argument, Command } from 'commander';
import { EXIT_CODES } from '../../../errors/error-mapping.ts';
import { fromRemote } from '../../../errors/from-client-error.ts';
import type { CliContext } from '../../context.ts';
import { refuseSecondStandardInput } from '../../input/each-input.ts';
import { writeReport } from '../../input/work-on-inputs.ts';
import {
  addReportOptions,
  addSampleOptions,
  addThresholdOption,
  type ReportOptions,
  type SampleOptions,
  sampleJobOptions,
  type ThresholdOptions,
} from '../../options/voice-options.ts';
import { compareReport } from '../../output/voice-reports.ts';
import { addRemoteCallOptions, type RemoteCallOptions } from '../remote-options.ts';
import { withClient } from '../report-each.ts';
import { audioInputOf, limitsOf, remoteName } from '../send-input.ts';

type Options = RemoteCallOptions &
  SampleOptions &
  ReportOptions &
  ThresholdOptions & { readonly failOnMismatch?: true };

/** `colloquy remote compare`. */
export function remoteCompare(context: CliContext): Command {
  const command = new Command('compare')
    .description('Say whether two recordings are spoken by one person')
    .addArgument(new Argument('<a>', 'a file or URL; - is standard input'))
    .addArgument(new Argument('<b>', 'another one'))
    .option('--fail-on-mismatch', `end with code ${EXIT_CODES.mismatch} for two people`);
  addReportOptions(addThresholdOption(command));
  return addRemoteCallOptions(addSampleOptions(command)).action((a: string, b: string, options: Options) =>
    compareTwo([a, b], options, context),
  );
}

async function compareTwo(
  inputs: readonly [string, string],
  options: Options,
  context: CliContext,
): Promise<void> {
  refuseSecondStandardInput(inputs);
  const [a, b] = inputs;
  const { threshold, failOnMismatch } = options;
  const result = await withClient(options, context, async ({ client, messenger }) => {
    const audio = [audioInputOf(a, context), audioInputOf(b, context)] as const;
    const request = { audio, ...sampleJobOptions(options), threshold };
    const limits = limitsOf(a, 0, { options, messenger, context });
    const compared = await fromRemote(() => client.compare(request, limits));
    messenger.clear();
    for (const warning of compared.warnings) messenger.warning(undefined, warning);
    return compared;
  });
  await writeReport(compareReport([remoteName(a), remoteName(b)], result), options, context);
  if (!result.sameSpeaker && failOnMismatch === true) context.setExitCode(EXIT_CODES.mismatch);
}
