import { Argument, Command } from 'commander';
import { defined } from '../../../core/defined.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { EXIT_CODES } from '../../errors/error-mapping.ts';
import { encoderOfVoices } from '../../work/speakers/encoder-of-voices.ts';
import { knownVoiceOf } from '../../work/speakers/speaker-work.ts';
import { embedRequest } from '../../work/requests/embed-request.ts';
import type { CliContext } from '../context.ts';
import { addVoiceFolderOption, voiceFolder, type VoiceFolderOptions } from '../input/known-voices.ts';
import { addIdentifyOptions, type IdentifyCliOptions } from '../options/identify-options.ts';
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
import { identifyReport } from '../output/voice-reports.ts';
import { withSpeakers, workOnEach, writeReport } from '../input/work-on-inputs.ts';

type IdentifyCommandOptions = EmbeddingOptions &
  RangeOptions &
  ReportOptions &
  ThresholdOptions &
  VoiceFolderOptions &
  IdentifyCliOptions;

const EXAMPLES = `Examples:
  colloquy identify call.wav --voices voices/
  colloquy identify call.wav --threshold probability:0.95 --min-margin 0.2

`;

/** `colloquy identify`: which known voice is it, if any? */
export function identifyCommand(context: CliContext): Command {
  const command = new Command('identify')
    .description('Say which known voice recordings are spoken by, if any')
    .addHelpText('before', EXAMPLES)
    .addArgument(new Argument('<input...>', 'audio or video files; - is standard input'));
  addReportOptions(addThresholdOption(addRangeOptions(addVoiceFolderOption(addIdentifyOptions(command)))));
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
  await writeReport(identifyReport(done), options, context);
  const isUnknown = done.some(({ result }) => result.voice === null);
  if (isUnknown && failOnMismatch === true && done.length === inputs.length)
    context.setExitCode(EXIT_CODES.mismatch);
}
