import { Argument, Command } from 'commander';
import { enroll } from '../../core/verification/enroll.ts';
import type { Voice, VoiceSample } from '../../core/verification/voice.ts';
import { voiceName } from '../../core/verification/voice-name.ts';
import { ENROLLMENT_QUALITY_LIMITS } from '../../core/verification/voice-quality.ts';
import { InvalidInputError } from '../../core/errors.ts';
import type { CliContext } from './context.ts';
import { addVoiceFolderOption, voiceFolder, type VoiceFolderOptions } from './known-voices.ts';
import { createMessenger } from './progress.ts';
import {
  addEmbeddingOptions,
  addRangeOptions,
  addReportOptions,
  addThresholdOption,
  type EmbeddingOptions,
  embedRequestOf,
  type RangeOptions,
  rangeOf,
  type ReportOptions,
  type ThresholdOptions,
} from './voice-options.ts';
import { qualityText, scoreText } from './voice-text.ts';
import { nameOf, withSpeakers, workOnEach, writeReport } from './work-on-inputs.ts';

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
  const request = { ...embedRequestOf(options), limits: ENROLLMENT_QUALITY_LIMITS, range };
  const { done, enrolled } = await withSpeakers(inputs, options, context, async (speakers, session) => {
    const before = await store.find(safeName).catch(() => undefined);
    if (before !== undefined && options.replace !== true) speakers.requireSpace(before);
    const embedded = await workOnEach(inputs, session, (audio, hooks) =>
      speakers.embedAudio(audio, request, hooks),
    );
    const samples = embedded.map(({ result }): VoiceSample => ({
      vector: result.embedding,
      quality: result.quality,
    }));
    let outcome: ReturnType<typeof enroll> | undefined;
    await store.update(safeName, (stored: Voice | undefined) => {
      const existing = options.replace === true ? undefined : stored;
      if (existing !== undefined) speakers.requireSpace(existing);
      const now = new Date().toISOString();
      outcome = enroll(safeName, samples, speakers.scorer, { existing, threshold: options.threshold, now });
      return outcome.voice;
    });
    return { done: embedded, enrolled: outcome! };
  });
  const { voice, refused } = enrolled;
  const { model, fingerprint, dimension } = voice.space;
  const json = {
    name: voice.name,
    space: { model, fingerprint, dimension },
    sampleCount: voice.samples.length,
    createdAt: voice.createdAt,
    updatedAt: voice.updatedAt,
    samples: done.map(({ input, result }, index) => ({
      input,
      accepted: !refused.some((sample) => sample.index === index),
      quality: result.quality,
    })),
  };
  const lines = done.map(({ input, result }, index) => {
    const outlier = refused.find((sample) => sample.index === index);
    const verdict =
      outlier === undefined
        ? 'added'
        : `left out, it does not match the others (${scoreText(scoreOnly(outlier.score))})`;
    return `  ${nameOf(input)}: ${verdict}; ${qualityText(result.quality)}\n`;
  });
  const text = `${voice.name}: ${voice.samples.length} sample${voice.samples.length === 1 ? '' : 's'}\n${lines.join('')}`;
  await writeReport({ json, text }, options, context);
}

function scoreOnly(score: number) {
  return { score, llr: null, probability: null, normalizedScore: null };
}
