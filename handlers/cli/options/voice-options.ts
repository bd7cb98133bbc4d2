/** Options that the commands about voices share. */
import { type Command, Option } from 'commander';
import { SPEECH_FINDERS, type SpeechFinder } from '../../../core/result/voice-terms.ts';
import { checkThreshold, type Threshold } from '../../../core/verification/scores/threshold.ts';
import { SCORE_SCALES, type ScoreScale } from '../../../core/result/voice-terms.ts';
import { defined } from '../../../core/defined.ts';
import { checkRange, type TimeRange } from '../../../core/audio/time-range.ts';
import {
  type QualityLimits,
  completeQualityLimits,
} from '../../../core/verification/speech/voice-quality.ts';
import { DEFAULT_SPEAKER_TOOLS } from '../../work/speakers/speaker-setup.ts';
import type { EmbedRequestOptions } from '../../work/requests/embed-request.ts';
import type { AudioCliOptions } from './audio-options.ts';
import { addEngineOptions, type EngineCliOptions } from './engine-options.ts';
import { channelSelection, invalidOption, seconds } from './option-parsers.ts';

/** How a recording becomes a vector. */
export type SampleOptions = {
  readonly model?: string;
  readonly speech: SpeechFinder;
  readonly channel: number | 'mix';
  readonly acceptPoorQuality?: true;
  readonly quality?: Partial<QualityLimits>;
};

/** The same for work on this machine. */
export type EmbeddingOptions = EngineCliOptions & SampleOptions;

export function addEmbeddingOptions(command: Command): Command {
  return addEngineOptions(addSampleOptions(command));
}

export function addSampleOptions(command: Command): Command {
  return command
    .option(
      '-m, --model <id>',
      `speaker encoder, see colloquy models list (default: that of the known voices, else ${DEFAULT_SPEAKER_TOOLS.model})`,
    )
    .addOption(
      new Option('--speech <finder>', 'what finds the speech; none takes everything')
        .choices(SPEECH_FINDERS)
        .default(DEFAULT_SPEAKER_TOOLS.speech),
    )
    .addOption(
      new Option('--channel <channel>', 'one channel, counted from 0, or the mean of all')
        .argParser(channelSelection('--channel'))
        .default('mix'),
    )
    .option('--accept-poor-quality', 'name what is wrong with a recording instead of refusing it')
    .addOption(
      new Option(
        '--quality <limits>',
        `other limits of quality, such as min-speech=2,min-snr=10; there are ${Object.keys(QUALITY_LIMITS).join(', ')}`,
      ).argParser(parseQuality),
    );
}

/** The options in the words of the contract. */
export function embedJobOptions(
  { acceptPoorQuality, quality }: Pick<SampleOptions, 'acceptPoorQuality' | 'quality'>,
  limits: Partial<QualityLimits> = {},
): EmbedRequestOptions {
  return { acceptPoorQuality, qualityLimits: { ...limits, ...quality } };
}

/** All of them, for those who choose models and channels elsewhere. */
export function sampleJobOptions(
  options: SampleOptions & AudioCliOptions,
  limits: Partial<QualityLimits> = {},
) {
  const { model, speech, channel, audioTrack } = options;
  const { acceptPoorQuality, qualityLimits } = embedJobOptions(options, limits);
  return { model, speech, channel, audioTrack, acceptPoorQuality, qualityLimits };
}

/** Limits of quality by what the command line calls them: seconds, dB, dBFS and shares. */
const QUALITY_LIMITS: Readonly<Record<string, keyof QualityLimits>> = {
  'min-speech': 'minSpeechSeconds',
  'min-snr': 'minSnrDb',
  'min-level': 'minLevelDbfs',
  'max-clipped': 'maxClippedFraction',
  'max-overlap': 'maxOverlapShare',
  'max-other-speakers': 'maxOtherSpeakerShare',
};

/**
 * `min-speech=2,min-snr=10`.
 *
 * @throws InvalidInputError `invalid_option`
 */
export function parseQuality(text: string): Partial<QualityLimits> {
  const limits = text.split(',').map((part) => {
    const [, name = '', value] = /^([a-z-]+)=(-?\d{1,4}(?:\.\d{1,9})?)$/.exec(part.trim()) ?? [];
    const limit = Object.hasOwn(QUALITY_LIMITS, name) ? QUALITY_LIMITS[name] : undefined;
    if (limit !== undefined) return [limit, Number(value)];
    const expected = `limits such as min-speech=2,min-snr=10 (there are ${Object.keys(QUALITY_LIMITS).join(', ')})`;
    throw invalidOption('--quality', expected, text);
  });
  const parsed = Object.fromEntries(limits) as Partial<QualityLimits>;
  completeQualityLimits(parsed);
  return parsed;
}

/** `--start` and `--end`. */
export type RangeOptions = { readonly start?: number; readonly end?: number };

export function addRangeOptions(command: Command): Command {
  return command
    .addOption(new Option('--start <seconds>', 'only what comes after').argParser(seconds('--start')))
    .addOption(new Option('--end <seconds>', 'only what comes before').argParser(seconds('--end')));
}

/** @throws InvalidInputError `invalid_option` for a range that is none */
export function rangeOf({ start, end }: RangeOptions): TimeRange | undefined {
  if (start === undefined && end === undefined) return undefined;
  const range: TimeRange = { startSeconds: start ?? 0, ...defined({ endSeconds: end }) };
  checkRange(range);
  return range;
}

export type ThresholdOptions = { readonly threshold?: Threshold };

export function addThresholdOption(command: Command): Command {
  return command.addOption(thresholdOption());
}

/** `--threshold`. */
export function thresholdOption(): Option {
  return new Option(
    '--threshold <scale:value>',
    `least value that counts as the same speaker, such as llr:0 (the default), probability:0.9 or cosine:0.5; scales: ${SCORE_SCALES.join(', ')}`,
  ).argParser(parseThreshold);
}

/**
 * `llr:0`. A number alone is refused: it means something else on every scale.
 *
 * @throws InvalidInputError `invalid_option`
 */
export function parseThreshold(text: string): Threshold {
  const match = /^([a-z-]+):(-?\d{1,9}(?:\.\d{1,12})?)$/.exec(text);
  const isScale = (name: string | undefined): name is ScoreScale => SCORE_SCALES.includes(name as ScoreScale);
  const [, scale, value] = match ?? [];
  if (!isScale(scale)) {
    throw invalidOption(
      '--threshold',
      `a scale and a value, such as llr:0 (scales: ${SCORE_SCALES.join(', ')})`,
      text,
    );
  }
  const threshold = { scale, value: Number(value) };
  checkThreshold(threshold);
  return threshold;
}

/** Text for people, or one JSON document for programs. */
export const REPORT_FORMATS = ['text', 'json'] as const;

export type ReportOptions = { readonly format: (typeof REPORT_FORMATS)[number]; readonly output?: string };

export function addReportOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-f, --format <format>', 'form of the result').choices(REPORT_FORMATS).default('text'),
    )
    .option('-o, --output <path>', 'a file, or - for standard output');
}
