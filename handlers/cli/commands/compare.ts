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
import { qualityText, scoreText, thresholdText } from '../output/voice-text.ts';
import { nameOf, withSpeakers, writeReport } from '../input/work-on-inputs.ts';

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
  const verdict = result.sameSpeaker ? 'one speaker' : 'two speakers';
  const text = [
    `${verdict}: ${scoreText(result)} (threshold ${thresholdText(result.threshold)})`,
    `  ${nameOf(a)}: ${qualityText(result.quality[0]!)}`,
    `  ${nameOf(b)}: ${qualityText(result.quality[1]!)}`,
  ];
  await writeReport({ json: { inputs: [a, b], ...result }, text: `${text.join('\n')}\n` }, options, context);
  if (!result.sameSpeaker && failOnMismatch === true) context.setExitCode(EXIT_CODES.mismatch);
}
