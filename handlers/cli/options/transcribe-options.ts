/** The options of `colloquy transcribe`, and what they are in the words of the core. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { DEFAULT_PRESET, DIARIZATION_PRESETS } from '../../../core/diarization/presets.ts';
import { type Attribution, ATTRIBUTIONS } from '../../../core/result/attributions.ts';
import { CHANNEL_MODES, type ChannelMode } from '../../../core/transcription/channels/transcribe-pcm.ts';
import type { Segment } from '../../../core/timeline/turns.ts';
import { RECOGNITION_TASKS, type RecognitionTask } from '../../../core/transcription/recogniser.ts';
import { languageOfTag } from '../../../core/text/language-tag.ts';
import { addEngineOptions, type EngineCliOptions } from './engine-options.ts';
import { invalidOption, seconds, timeRanges } from './option-parsers.ts';
import type { OutputOptions } from '../output/output-plan.ts';
import { presetOption } from './preset-option.ts';
import { addRenderOptions, type RenderCliOptions } from './render-options.ts';
import { addSpeakerOptions, type SpeakerOptions } from './speaker-options.ts';

/** What is to be found in a recording, wherever the work is done. */
export type RecognitionCliOptions = SpeakerOptions & {
  readonly language: string;
  readonly task: RecognitionTask;
  readonly prompt?: string;
  readonly diarize?: boolean;
  readonly channels: ChannelMode;
  readonly wordTimestamps: boolean;
  readonly align?: string;
  readonly attribution: Attribution;
  readonly pauseThreshold?: number;
  readonly clipTimestamps?: readonly Segment[];
};

export type TranscribeCliOptions = OutputOptions &
  RenderCliOptions &
  RecognitionCliOptions &
  EngineCliOptions & {
    readonly model?: string;
    readonly preset: string;
    readonly stream?: true;
  };

/** Instead of a code: several languages in one recording. */
export const MIXED_LANGUAGES = 'mixed';

/** Adds everything that follows the inputs. */
export function addTranscribeOptions(command: Command): Command {
  command
    .option('-f, --format <formats>', 'one or several with commas, or all (default: paragraphs by speaker)')
    .option(
      '-o, --output <path>',
      'a file, a folder for a file an input and format, or - for standard output',
    )
    .option('--stream', 'print utterances as soon as they are final')
    .option(
      '-m, --model <name>',
      'recogniser, as colloquy models list shows them, or a folder that holds one (default: by language)',
    );
  addRecognitionOptions(command).addOption(
    presetOption(`what tells speakers apart: ${Object.keys(DIARIZATION_PRESETS).join(', ')}`).default(
      DEFAULT_PRESET,
    ),
  );
  return addEngineOptions(addRenderOptions(command));
}

/** Adds what says what is to be found. */
export function addRecognitionOptions(command: Command): Command {
  command
    .option(
      '-l, --language <code>',
      'language of the recording, such as en; auto finds it out, mixed for every part',
      'auto',
    )
    .addOption(
      new Option('--task <task>', 'write down what is said, or say it in English')
        .choices(RECOGNITION_TASKS)
        .default('transcribe'),
    )
    .option('--prompt <text>', 'words to expect, where the recogniser can use them')
    .option('--diarize', 'say who speaks: on, but for a --stream that has nowhere to write it')
    .option('--no-diarize', 'say only what is said')
    .addOption(
      new Option('--channels <mode>', 'mix all, one speaker a channel, or find out which')
        .choices(CHANNEL_MODES)
        .default('auto'),
    );
  return addSpeakerOptions(command)
    .option('--word-timestamps', 'time every word', true)
    .option('--no-word-timestamps', 'time only whole pieces of text')
    .option('--align <model>', 'time words anew from sound and text: an aligner by id, or its folder')
    .addOption(
      new Option(
        '--attribution <rule>',
        'how words find their speaker: by most of their time, or as others do',
      )
        .choices(ATTRIBUTIONS)
        .default('overlap'),
    )
    .option(
      '--pause-threshold <seconds>',
      'report silences from this length on',
      seconds('--pause-threshold'),
    )
    .option(
      '--clip-timestamps <ranges>',
      'recognise only these seconds: 10-20.5,60-',
      timeRanges('--clip-timestamps'),
    );
}

/** Whether anybody is told apart: streamed text comes before speakers are known. */
export function wantsSpeakers({
  diarize,
  stream,
  output,
}: Pick<TranscribeCliOptions, 'diarize' | 'stream' | 'output'>): boolean {
  return diarize ?? (stream === undefined || output !== undefined);
}

/**
 * The language without its region, as `languageOfTag` gives it.
 *
 * @returns `null` where it is to be found out
 * @throws InvalidInputError `invalid_option`
 */
export function languageOf({ language }: Pick<RecognitionCliOptions, 'language'>): string | null {
  if (language === 'auto' || language === MIXED_LANGUAGES) return null;
  const code = languageOfTag(language);
  if (code !== undefined) return code;
  throw invalidOption('--language', 'auto, mixed or the code of a language, such as en', language);
}
