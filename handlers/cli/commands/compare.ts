import { Argument, Command } from 'commander';
import { EXIT_CODES } from '../../errors/error-mapping.ts';
import { embedRequest } from '../../work/requests/embed-request.ts';
import type { CliContext } from '../context.ts';
import {
  addEmbeddingOptions,
  addReportOptions,
  addThresholdOption,
  type EmbeddingOptions,
  embedJobOptions,
  type ReportOptions,
  type ThresholdOptions,
} from '../options/voice-options.ts';
import { compareReport } from '../output/voice-reports.ts';
import { nameOf } from '../input/input-name.ts';
import { withSpeakers, writeReport } from '../input/work-on-inputs.ts';

type CompareOptions = EmbeddingOptions &
  ReportOptions &
  ThresholdOptions & { readonly failOnMismatch?: true };

const EXAMPLES = `Examples:
  colloquy compare a.wav b.wav
  colloquy compare a.wav b.wav --threshold probability:0.95 --fail-on-mismatch

`;

/** `colloquy compare`: do two recordings hold one voice? */
export function compareCommand(context: CliContext): Command {
  const command = new Command('compare')
    .description('Say whether two recordings are spoken by one person')
    .addHelpText('before', EXAMPLES)
    .addArgument(new Argument('<a>', 'an audio or video file; - is standard input'))
    .addArgument(new Argument('<b>', 'another one'))
    .option('--fail-on-mismatch', `end with code ${EXIT_CODES.mismatch} for two people`);
  addReportOptions(addThresholdOption(command));
  return addEmbeddingOptions(command).action((a: string, b: string, options: CompareOptions) =>
    compareTwo(a, b, options, context),
  );
}

async function compareTwo(a: string, b: string, options: CompareOptions, context: CliContext): Promise<void> {
  const { threshold, failOnMismatch } = options;
  const result = await withSpeakers([a, b], options, context, async (speakers, session) => {
    const [first, second] = [
      { index: 0, name: nameOf(a) },
      { index: 1, name: nameOf(b) },
    ] as const;
    const compared = await speakers.compare(
      [session.audioOf(a, first), session.audioOf(b, second)],
      { ...embedRequest(embedJobOptions(options)), threshold },
      [session.hooksFor(first), session.hooksFor(second)],
    );
    for (const warning of compared.warnings) session.messenger.warning(undefined, warning);
    return compared;
  });
  await writeReport(compareReport([a, b], result), options, context);
  if (!result.sameSpeaker && failOnMismatch === true) context.setExitCode(EXIT_CODES.mismatch);
}
