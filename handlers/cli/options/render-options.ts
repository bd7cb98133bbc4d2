/** Options of commands that write results in formats for readers. */
import { type Command, Option } from 'commander';
import { PAUSE_MARKS, type PauseMarks, type RenderOptions } from '../../../core/formats/render-options.ts';
import { parseSpeakerNames, renameSpeakers } from '../../../core/transcript/rename-speakers.ts';
import type { DiarizationResult } from '../../../core/result/result.ts';
import { wholeNumber } from './option-parsers.ts';
import { readInputText } from '../../work/files/read-input-file.ts';

/** Most characters, lines or words that a subtitle limit may allow. */
const MOST = 10_000;

/** What `addRenderOptions` gives the action. */
export type RenderCliOptions = {
  readonly title?: string;
  readonly compatible?: true;
  readonly speakers?: string;
  readonly pauses: PauseMarks;
  readonly maxLineWidth?: number;
  readonly maxLineCount?: number;
  readonly maxWordsPerLine?: number;
  readonly highlightWords?: true;
  readonly speakerNames: boolean;
};

/** Adds names of speakers, pause marks, title and subtitle layout to a command. */
export function addRenderOptions(command: Command): Command {
  return command
    .option(
      '--speakers <names>',
      'names: SPEAKER_00=Ana,SPEAKER_01=Ben, or a JSON file of {"SPEAKER_00": "Ana"}',
    )
    .option('--title <text>', 'heading of pages and documents')
    .option(
      '--compatible',
      'nemo-json, nemo-text and --attribution nemo-anchor exactly as NeMo, faults included',
    )
    .addOption(
      new Option('--pauses <marks>', 'marks of silence and overlap in text')
        .choices(PAUSE_MARKS)
        .default('none'),
    )
    .option(
      '--max-line-width <n>',
      'characters in a line of subtitles',
      wholeNumber('--max-line-width', 1, MOST),
    )
    .option('--max-line-count <n>', 'lines in a subtitle', wholeNumber('--max-line-count', 1, MOST))
    .option(
      '--max-words-per-line <n>',
      'words in a line of subtitles',
      wholeNumber('--max-words-per-line', 1, MOST),
    )
    .option('--highlight-words', 'subtitles underline each word while it is spoken')
    .option('--no-speaker-names', 'subtitles without names');
}

/** The options as renderers take them. */
export function renderOptionsOf(options: RenderCliOptions, recordingId: string): RenderOptions {
  return {
    recordingId,
    title: options.title,
    compatible: options.compatible,
    pauseMarks: options.pauses,
    subtitles: {
      maxLineCharacters: options.maxLineWidth,
      maxLines: options.maxLineCount,
      maxLineWords: options.maxWordsPerLine,
      highlightWords: options.highlightWords,
      speakerNames: options.speakerNames,
    },
  };
}

/**
 * The result with the names that `--speakers` gives.
 *
 * @throws InvalidInputError `invalid_option` for names that cannot be read, and for unknown speakers
 * @throws InputUnavailableError `file_not_found`, `file_not_readable`
 */
export async function withSpeakerNames<T extends DiarizationResult>(
  result: T,
  names: string | undefined,
): Promise<T> {
  const named = await namesOf(names);
  return named === undefined ? result : renameSpeakers(result, named);
}

/**
 * The names that `--speakers` gives, by label; undefined without.
 *
 * @throws InvalidInputError `invalid_option`; InputUnavailableError `file_not_found`, `file_not_readable`
 */
export async function namesOf(names: string | undefined): Promise<Map<string, string> | undefined> {
  if (names === undefined) return undefined;
  return parseSpeakerNames(names.endsWith('.json') ? await readInputText(names) : names);
}
