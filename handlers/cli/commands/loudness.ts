import { Argument, Command } from 'commander';
import type { CliContext } from '../context.ts';
import { refuseSecondStandardInput } from '../input/each-input.ts';
import { addEngineOptions, type EngineCliOptions } from '../options/engine-options.ts';
import { createMessenger } from '../output/progress.ts';
import {
  addRangeOptions,
  addReportOptions,
  type RangeOptions,
  rangeOf,
  type ReportOptions,
} from '../options/voice-options.ts';
import { loudnessReport } from '../output/signal-reports.ts';
import { withEngine, workOnEach, writeReport } from '../input/work-on-inputs.ts';

type LoudnessOptions = EngineCliOptions & RangeOptions & ReportOptions;

/** `colloquy loudness`: levels of recordings. */
export function loudnessCommand(context: CliContext): Command {
  const command = new Command('loudness')
    .description('Measure how loud recordings are: RMS, peak, true peak, LUFS (BS.1770-4), range')
    .addHelpText('before', 'Example:\n  colloquy loudness podcast.mp3\n')
    .addArgument(new Argument('<input...>', 'audio or video files; - is standard input'));
  addReportOptions(addRangeOptions(command));
  return addEngineOptions(command).action((inputs: string[], options: LoudnessOptions) =>
    measureAll(inputs, options, context),
  );
}

async function measureAll(
  inputs: readonly string[],
  options: LoudnessOptions,
  context: CliContext,
): Promise<void> {
  refuseSecondStandardInput(inputs);
  const messenger = createMessenger(options.progress, context.stderr);
  const range = rangeOf(options);
  const prepare = () => Promise.resolve();
  const done = await withEngine(options, messenger, context, prepare, (session) =>
    workOnEach(inputs, session, (audio, hooks) =>
      session.engine.run('loudness', { options: { range }, audio }, hooks),
    ),
  );
  await writeReport(loudnessReport(done), options, context);
}
