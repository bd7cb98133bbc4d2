import { Argument, Command } from 'commander';
import { formatFixed } from '../../../core/formats/writing/fixed-decimal.ts';
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
import { nameOf, withEngine, workOnEach, writeReport } from '../input/work-on-inputs.ts';

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
  const json = done.map(({ input, result }) => ({ input, ...result }));
  const text = done.map(({ input, result }) => {
    const rows: [string, number | null, string][] = [
      ['integrated', result.integratedLufs, 'LUFS'],
      ['range', result.loudnessRangeLu, 'LU'],
      ['momentary max', result.maxMomentaryLufs, 'LUFS'],
      ['short-term max', result.maxShortTermLufs, 'LUFS'],
      ['true peak', result.truePeakDbtp, 'dBTP'],
      ['sample peak', result.peakDbfs, 'dBFS'],
      ['RMS', result.rmsDbfs, 'dBFS'],
      ['mean absolute', result.meanAbsolute, 'of 32768'],
    ];
    const lines = rows.map(([name, value, unit]) => {
      const shown = value === null ? '–' : `${formatFixed(value, 1)} ${unit}`;
      return `  ${name.padEnd(14)} ${shown}\n`;
    });
    return `${nameOf(input)}: ${formatFixed(result.durationSeconds, 1)} s\n${lines.join('')}`;
  });
  await writeReport({ json, text: text.join('') }, options, context);
}
