import { Argument, Command } from 'commander';
import { embedRequest } from '../../work/requests/embed-request.ts';
import type { CliContext } from '../context.ts';
import {
  addEmbeddingOptions,
  addRangeOptions,
  addReportOptions,
  type EmbeddingOptions,
  embedJobOptions,
  type RangeOptions,
  rangeOf,
  type ReportOptions,
} from '../options/voice-options.ts';
import { embedReport } from '../output/voice-reports.ts';
import { withSpeakers, workOnEach, writeReport } from '../input/work-on-inputs.ts';

type EmbedCommandOptions = EmbeddingOptions &
  RangeOptions &
  ReportOptions & { readonly normalize: boolean; readonly windows?: true };

const EXAMPLES = `Examples:
  colloquy embed ana.wav --format json > ana.json
  colloquy embed ana.wav ben.wav --format json --output voices.json
  colloquy embed call.wav --start 12.5 --end 20 --format json

`;

/** `colloquy embed`: the vector of a voice. */
export function embedCommand(context: CliContext): Command {
  const command = new Command('embed')
    .description('Turn the voice in recordings into vectors')
    .addHelpText('before', EXAMPLES)
    .addArgument(new Argument('<input...>', 'audio or video files; - is standard input'));
  addReportOptions(addRangeOptions(command))
    .option('--windows', 'also one vector for each window that the network heard')
    .option('--no-normalize', 'leave vectors as the network gives them, not of unit length');
  return addEmbeddingOptions(command).action((inputs: string[], options: EmbedCommandOptions) =>
    embedAll(inputs, options, context),
  );
}

async function embedAll(
  inputs: readonly string[],
  options: EmbedCommandOptions,
  context: CliContext,
): Promise<void> {
  const range = rangeOf(options);
  const { normalize, windows: includeWindows } = options;
  const request = embedRequest({ ...embedJobOptions(options), normalize, includeWindows, range });
  const done = await withSpeakers(inputs, options, context, (speakers, session) =>
    workOnEach(inputs, session, (audio, hooks) => speakers.embed(audio, request, hooks)),
  );
  await writeReport(embedReport(done), options, context);
}
