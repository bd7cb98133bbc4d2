import { Argument, Command, Option } from 'commander';
import { formatFixed } from '../../../core/formats/writing/fixed-decimal.ts';
import { openStore } from '../../setup/composition.ts';
import { detectSpeechRequest } from '../../work/requests/detect-speech-request.ts';
import type { CliContext } from '../context.ts';
import { refuseSecondStandardInput } from '../input/each-input.ts';
import { addEngineOptions, type EngineCliOptions, modelCalls } from '../options/engine-options.ts';
import { createMessenger } from '../output/progress.ts';
import { channelSelection, invalidOption, seconds } from '../options/option-parsers.ts';
import { addReportOptions, type ReportOptions } from '../options/voice-options.ts';
import { nameOf, withEngine, workOnEach, writeReport } from '../input/work-on-inputs.ts';

type DetectSpeechCommandOptions = EngineCliOptions &
  ReportOptions & {
    readonly channel: number | 'mix';
    readonly threshold?: number;
    readonly minSpeech?: number;
    readonly minSilence?: number;
    readonly padding?: number;
    readonly probabilities?: true;
  };

/** `colloquy detect-speech`: where somebody speaks. */
export function detectSpeechCommand(context: CliContext): Command {
  const command = new Command('detect-speech')
    .description('Say where in recordings somebody speaks (Silero VAD)')
    .addHelpText('before', 'Example:\n  colloquy detect-speech call.wav --format json\n')
    .addArgument(new Argument('<input...>', 'audio or video files; - is standard input'))
    .addOption(
      new Option('--channel <channel>', 'one channel, counted from 0, or the mean of all')
        .argParser(channelSelection('--channel'))
        .default('mix'),
    )
    .addOption(
      new Option('--threshold <p>', 'probability from which on it is speech (default: 0.5)').argParser(
        probability,
      ),
    )
    .addOption(durationOption('--min-speech', 'drop shorter speech (default: 0.25)'))
    .addOption(durationOption('--min-silence', 'stay open over shorter silence (default: 0.1)'))
    .addOption(durationOption('--padding', 'added on both sides (default: 0.03)'))
    .option('--probabilities', 'also the probability of every 32 ms');
  addReportOptions(command);
  return addEngineOptions(command).action((inputs: string[], options: DetectSpeechCommandOptions) =>
    detectAll(inputs, options, context),
  );
}

async function detectAll(
  inputs: readonly string[],
  options: DetectSpeechCommandOptions,
  context: CliContext,
): Promise<void> {
  refuseSecondStandardInput(inputs);
  const messenger = createMessenger(options.progress, context.stderr);
  const prepare = () =>
    detectSpeechRequest(
      openStore(context.config),
      {
        threshold: options.threshold,
        minSpeechSeconds: options.minSpeech,
        minSilenceSeconds: options.minSilence,
        paddingSeconds: options.padding,
        includeProbabilities: options.probabilities,
      },
      modelCalls(messenger, context),
    );
  const done = await withEngine(options, messenger, context, prepare, (session, request) =>
    workOnEach(inputs, session, (audio, hooks) =>
      session.engine.run('detect-speech', { ...request, audio }, hooks),
    ),
  );
  const json = done.map(({ input, result }) => ({ input, ...result }));
  const text = done.map(({ input, result }) => {
    const spoken = `${formatFixed(result.speechSeconds, 1)} s of speech in ${formatFixed(result.durationSeconds, 1)} s`;
    const lines = result.segments.map(
      ({ startSeconds, endSeconds }) => `  ${formatFixed(startSeconds, 3)} ${formatFixed(endSeconds, 3)}\n`,
    );
    return `${nameOf(input)}: ${spoken}\n${lines.join('')}`;
  });
  await writeReport({ json, text: text.join('') }, options, context);
}

function durationOption(flag: string, description: string): Option {
  return new Option(`${flag} <seconds>`, description).argParser(seconds(flag));
}

function probability(text: string): number {
  const value = /^(0(\.\d{1,9})?|1(\.0{1,9})?)$/.test(text) ? Number(text) : NaN;
  if (!Number.isNaN(value)) return value;
  throw invalidOption('--threshold', 'a probability from 0 to 1', text);
}
