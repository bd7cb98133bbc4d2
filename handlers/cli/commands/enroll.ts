import { Argument, Command } from 'commander';
import type { EmbedTaskResult } from '../../../core/engine/tasks/embed-task.ts';
import type { Enrollment } from '../../../core/verification/enroll.ts';
import { voiceName } from '../../../core/verification/voices/voice-name.ts';
import { ENROLLMENT_QUALITY_LIMITS } from '../../../core/verification/speech/voice-quality.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { checkEnrollment, enrollVoice } from '../../work/speakers/enroll-voice.ts';
import { embedRequest } from '../../work/requests/embed-request.ts';
import type { CliContext } from '../context.ts';
import { addVoiceFolderOption, voiceFolder, type VoiceFolderOptions } from '../input/known-voices.ts';
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
import { enrollReport, type CommandReport } from '../output/voice-reports.ts';
import { withSpeakers, workOnEach, writeReport } from '../input/work-on-inputs.ts';

type EnrollCommandOptions = EmbeddingOptions &
  RangeOptions &
  ReportOptions &
  ThresholdOptions &
  VoiceFolderOptions & { readonly replace?: true };

const EXAMPLES = `Examples:
  colloquy enroll Ana ana-1.wav ana-2.wav ana-3.wav
  colloquy enroll Ana ana-4.wav                adds to the voice
  colloquy enroll Ana new.wav --replace        begins anew

A voice is biometric data: enrol people who have agreed to it.

`;

/** `colloquy enroll`: learn a voice. */
export function enrollCommand(context: CliContext): Command {
  const command = new Command('enroll')
    .description('Learn a voice from recordings, or add to one')
    .addHelpText('before', EXAMPLES)
    .addArgument(new Argument('<name>', 'what the voice is called'))
    .addArgument(new Argument('<input...>', 'audio or video files of this person alone; - is standard input'))
    .option('--replace', 'forget what the voice was made of before');
  addReportOptions(addThresholdOption(addRangeOptions(addVoiceFolderOption(command))));
  return addEmbeddingOptions(command).action(
    (name: string, inputs: string[], options: EnrollCommandOptions) =>
      enrollAll(name, inputs, options, context),
  );
}

async function enrollAll(
  name: string,
  inputs: readonly string[],
  options: EnrollCommandOptions,
  context: CliContext,
): Promise<void> {
  const safeName = voiceName(name);
  const range = rangeOf(options);
  if (range !== undefined && inputs.length > 1) {
    throw new InvalidInputError(
      'invalid_option',
      '--start and --end mean one recording; give one at a time.',
    );
  }
  const store = voiceFolder(options, context, createMessenger(options.progress, context.stderr));
  const request = embedRequest({ ...embedJobOptions(options, ENROLLMENT_QUALITY_LIMITS), range });
  const enrolled = await withSpeakers(inputs, options, context, async (speakers, session) => {
    await checkEnrollment(store, safeName, speakers.scorer, options);
    const done = await workOnEach(inputs, session, (audio, hooks) =>
      speakers.embedAudio(audio, request, hooks),
    );
    // All have failed and were told.
    if (done.length === 0) return undefined;
    const samples = done.map(({ result: { embedding: vector, quality } }) => ({ vector, quality }));
    return { done, ...(await enrollVoice(store, safeName, samples, speakers.scorer, options)) };
  });
  if (enrolled !== undefined) await writeReport(reportOf(enrolled), options, context);
}

type Enrolled = Enrollment & {
  readonly done: readonly { readonly input: string; readonly result: EmbedTaskResult }[];
};

function reportOf({ done, voice, refused }: Enrolled): CommandReport {
  const { name, space, createdAt, updatedAt, samples } = voice;
  return enrollReport({
    name,
    space,
    sampleCount: samples.length,
    createdAt,
    updatedAt,
    samples: done.map(({ input, result: { quality } }, index) => ({
      input,
      quality,
      refusedScore: refused.find((sample) => sample.index === index)?.score,
    })),
  });
}
