import { Argument, Command } from 'commander';
import { EXIT_CODES } from '../../errors/error-mapping.ts';
import { encoderOfVoices } from '../../work/speakers/encoder-of-voices.ts';
import { knownVoiceOf } from '../../work/speakers/speaker-work.ts';
import { embedRequest } from '../../work/requests/embed-request.ts';
import type { CliContext } from '../context.ts';
import {
  addVoiceFolderOption,
  knownVoice,
  voiceFolder,
  type VoiceFolderOptions,
} from '../input/known-voices.ts';
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
import { verifyReport } from '../output/voice-reports.ts';
import { withSpeakers, workOnEach, writeReport } from '../input/work-on-inputs.ts';

type VerifyOptions = EmbeddingOptions &
  RangeOptions &
  ReportOptions &
  ThresholdOptions &
  VoiceFolderOptions & { readonly voice: string; readonly failOnMismatch?: true };

const EXAMPLES = `Examples:
  colloquy verify --voice Ana call.wav
  colloquy verify --voice ana.voice.json call.wav --threshold probability:0.99 --fail-on-mismatch

`;

/** `colloquy verify`: is a recording spoken by this voice? */
export function verifyCommand(context: CliContext): Command {
  const command = new Command('verify')
    .description('Say whether recordings are spoken by a known voice')
    .addHelpText('before', EXAMPLES)
    .addArgument(new Argument('<input...>', 'audio or video files; - is standard input'))
    .requiredOption('--voice <voice>', 'name of an enrolled voice, or a voice file')
    .option('--fail-on-mismatch', `end with code ${EXIT_CODES.mismatch} where it is somebody else`);
  addReportOptions(addThresholdOption(addRangeOptions(addVoiceFolderOption(command))));
  return addEmbeddingOptions(command).action((inputs: string[], options: VerifyOptions) =>
    verifyAll(inputs, options, context),
  );
}

async function verifyAll(
  inputs: readonly string[],
  options: VerifyOptions,
  context: CliContext,
): Promise<void> {
  const range = rangeOf(options);
  const messenger = createMessenger(options.progress, context.stderr);
  const voice = await knownVoice(options.voice, voiceFolder(options, context, messenger), context, messenger);
  const request = { ...embedRequest({ ...embedJobOptions(options), range }), threshold: options.threshold };
  const model = encoderOfVoices([voice], options.model);
  const done = await withSpeakers(inputs, { ...options, model }, context, (speakers, session) => {
    speakers.requireSpace(voice);
    return workOnEach(inputs, session, (audio, hooks) =>
      speakers.verify(audio, knownVoiceOf(voice), request, hooks),
    );
  });
  await writeReport(verifyReport(done, voice.name), options, context);
  const isMismatch = done.some(({ result }) => !result.sameSpeaker);
  if (isMismatch && options.failOnMismatch === true && done.length === inputs.length)
    context.setExitCode(EXIT_CODES.mismatch);
}
