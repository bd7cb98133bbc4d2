import { Argument, Command, Option } from 'commander';
import { defined } from '../../../core/defined.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { EXIT_CODES } from '../../errors/error-mapping.ts';
import { encoderOfVoices } from '../../work/speakers/encoder-of-voices.ts';
import { knownVoiceOf } from '../../work/speakers/speaker-work.ts';
import { embedRequest } from '../../work/requests/embed-request.ts';
import type { CliContext } from '../context.ts';
import { addVoiceFolderOption, voiceFolder, type VoiceFolderOptions } from '../input/known-voices.ts';
import { invalidOption, wholeNumber } from '../options/option-parsers.ts';
import { createMessenger } from '../output/progress.ts';
import {
  addEmbeddingOptions,
  addRangeOptions,
  addReportOptions,
  addThresholdOption,
  type EmbeddingOptions,
  embedJobOptions,
  type RangeOptions,
  rangeOf,
  type ReportOptions,
  type ThresholdOptions,
} from '../options/voice-options.ts';
import { qualityText, scoreText, thresholdText } from '../output/voice-text.ts';
import { nameOf, withSpeakers, workOnEach, writeReport } from '../input/work-on-inputs.ts';

type IdentifyCommandOptions = EmbeddingOptions &
  RangeOptions &
  ReportOptions &
  ThresholdOptions &
  VoiceFolderOptions & {
    readonly minMargin?: number;
    readonly candidates?: number;
    readonly failOnMismatch?: true;
  };

const EXAMPLES = `Examples:
  colloquy identify call.wav --voices voices/
  colloquy identify call.wav --threshold probability:0.95 --min-margin 0.2

`;

/** `colloquy identify`: which known voice is it, if any? */
export function identifyCommand(context: CliContext): Command {
  const command = new Command('identify')
    .description('Say which known voice recordings are spoken by, if any')
    .addHelpText('before', EXAMPLES)
    .addArgument(new Argument('<input...>', 'audio or video files; - is standard input'))
    .addOption(
      new Option(
        '--min-margin <value>',
        'least lead over the second voice, on the scale of the threshold',
      ).argParser(margin),
    )
    .addOption(
      new Option('--candidates <n>', 'how many candidates to list (default: 10)').argParser(
        wholeNumber('--candidates', 1, 10_000),
      ),
    )
    .option('--fail-on-mismatch', `end with code ${EXIT_CODES.mismatch} for a stranger`);
  addReportOptions(addThresholdOption(addRangeOptions(addVoiceFolderOption(command))));
  return addEmbeddingOptions(command).action((inputs: string[], options: IdentifyCommandOptions) =>
    identifyAll(inputs, options, context),
  );
}

async function identifyAll(
  inputs: readonly string[],
  options: IdentifyCommandOptions,
  context: CliContext,
): Promise<void> {
  const { threshold, minMargin, candidates: maxCandidates, failOnMismatch } = options;
  const range = rangeOf(options);
  const store = voiceFolder(options, context, createMessenger(options.progress, context.stderr));
  const voices = await store.list();
  if (voices.length === 0) {
    throw new InvalidInputError(
      'invalid_option',
      'The folder of voices is empty; enrol somebody: colloquy enroll NAME FILE',
    );
  }
  const request = {
    ...embedRequest({ ...embedJobOptions(options), range }),
    ...defined({ threshold, minMargin, maxCandidates }),
  };
  const model = encoderOfVoices(voices, options.model);
  const done = await withSpeakers(inputs, { ...options, model }, context, (speakers, session) => {
    const index = speakers.indexOf(voices.map(knownVoiceOf));
    return workOnEach(inputs, session, (audio, hooks) => speakers.identify(audio, index, request, hooks));
  });
  const json = done.map(({ input, result }) => ({ input, ...result }));
  const text = done.map(({ input, result }) => {
    const lines = result.candidates
      .slice(0, 5)
      .map((candidate) => `  ${candidate.voice}: ${scoreText(candidate)}\n`);
    const verdict = `${result.voice ?? 'unknown'} (threshold ${thresholdText(result.threshold)})`;
    return `${nameOf(input)}: ${verdict}; ${qualityText(result.quality)}\n${lines.join('')}`;
  });
  await writeReport({ json, text: text.join('') }, options, context);
  const isUnknown = done.some(({ result }) => result.voice === null);
  if (isUnknown && failOnMismatch === true && done.length === inputs.length)
    context.setExitCode(EXIT_CODES.mismatch);
}

function margin(text: string): number {
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text)) return Number(text);
  throw invalidOption('--min-margin', 'a number from 0 up', text);
}
