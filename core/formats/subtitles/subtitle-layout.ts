import { InvalidInputError } from '../../errors.ts';
import type { Segment } from '../../timeline/turns.ts';
import type { TranscriptResult, Utterance, Word } from '../../result/result.ts';
import { spacedWords } from '../../text/join-words.ts';
import { columnsOf } from '../../text/scripts.ts';
import { writtenWords } from '../../transcript/written-words.ts';
import { singleLine } from '../writing/single-line.ts';
import { spreadWords } from './spread-words.ts';

/** How speech is cut into subtitles. */
export type SubtitleOptions = {
  /** Wide characters, such as Chinese ones, count twice. @default 42 */
  readonly maxLineCharacters?: number | undefined;
  /** @default 2 */
  readonly maxLines?: number | undefined;
  /** @default no limit */
  readonly maxLineWords?: number | undefined;
  /** @default 5/6 s */
  readonly minCueSeconds?: number | undefined;
  /** @default 7 s */
  readonly maxCueSeconds?: number | undefined;
  /** Shows each word underlined while it is spoken. @default false */
  readonly highlightWords?: boolean | undefined;
  /** Shows who speaks. @default true */
  readonly speakerNames?: boolean | undefined;
};

/** What viewers can follow: the limits of the Netflix timed text style guide. */
export const DEFAULT_SUBTITLE_OPTIONS = Object.freeze({
  maxLineCharacters: 42,
  maxLines: 2,
  maxLineWords: Infinity,
  minCueSeconds: 5 / 6,
  maxCueSeconds: 7,
  highlightWords: false,
  speakerNames: true,
}) satisfies SubtitleOptions;

/** Silence after which a new cue begins. */
const CUE_PAUSE_SECONDS = 1;
/** Share of a full cue from which on a sentence end closes it. */
const SENTENCE_SHARE = 0.5;
const SENTENCE_END = /[.!?…。！？]["'”’)\]]*$/;

/** A subtitle: the words of one speaker, line by line. */
export type Cue = Segment & {
  readonly speaker: string | null;
  readonly lines: readonly (readonly CueWord[])[];
};

/** A word as it is shown. */
export type CueWord = Segment & { readonly text: string; readonly spaceBefore: boolean };

/** Options with every value. */
export type CompleteSubtitleOptions = {
  readonly [K in keyof SubtitleOptions]-?: NonNullable<SubtitleOptions[K]>;
};

/**
 * Options with their defaults.
 *
 * @throws InvalidInputError `invalid_option` for a limit that is not above 0
 */
export function completeSubtitleOptions(options: SubtitleOptions = {}): CompleteSubtitleOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const resolved: CompleteSubtitleOptions = { ...DEFAULT_SUBTITLE_OPTIONS, ...given };
  for (const name of ['maxLineCharacters', 'maxLines', 'maxLineWords', 'maxCueSeconds'] as const) {
    if (resolved[name] > 0) continue;
    throw new InvalidInputError('invalid_option', `Expected ${name} above 0, got ${resolved[name]}.`);
  }
  if (resolved.minCueSeconds >= 0) return resolved;
  throw new InvalidInputError(
    'invalid_option',
    `Expected minCueSeconds of 0 or more, got ${resolved.minCueSeconds}.`,
  );
}

/**
 * Cuts a transcript into cues that fit the limits. A cue never holds two speakers; it ends at a sentence end where it
 * is half full, at a pause, or where the next word does not fit. A word longer than a line stays whole, on its own.
 * Short cues stay on up to `minCueSeconds`, at most until the next one.
 *
 * @param nameCharacters how much room a speaker's name takes in the first line of a cue
 */
export function layoutCues(
  result: TranscriptResult,
  limits: CompleteSubtitleOptions,
  nameCharacters: (speaker: string | null) => number,
): Cue[] {
  const cues = result.utterances.flatMap((utterance) =>
    cuesOf(utterance, limits, nameCharacters(utterance.speaker)),
  );
  return cues.map((cue, index) => {
    const wanted = Math.min(
      cue.startSeconds + limits.minCueSeconds,
      cues[index + 1]?.startSeconds ?? Infinity,
    );
    return { ...cue, endSeconds: Math.max(cue.endSeconds, wanted) };
  });
}

function cuesOf(utterance: Utterance, limits: CompleteSubtitleOptions, nameCharacters: number): Cue[] {
  const cues: Cue[] = [];
  let lines: CueWord[][] = [];
  const close = (): void => {
    const words = lines.flat();
    if (words.length === 0) return;
    const [startSeconds, endSeconds] = [words[0]!.startSeconds, words.at(-1)!.endSeconds];
    cues.push({ speaker: utterance.speaker, startSeconds, endSeconds, lines });
    lines = [];
  };
  for (const word of cueWords(utterance)) {
    if (lines.length > 0 && endsBefore(word, lines, limits)) close();
    if (!placed(word, lines, limits, nameCharacters)) {
      close();
      lines = [[word]];
    }
  }
  close();
  return cues;
}

/** The words to show: without empty ones; where there are none, those of the text, spread over its time. */
function cueWords(utterance: Utterance): CueWord[] {
  const words: readonly Word[] =
    utterance.words.length > 0 ? writtenWords(utterance.words) : spreadWords(utterance);
  return spacedWords(words)
    .map(({ text, spaceBefore, startSeconds, endSeconds }) => ({
      text: singleLine(text),
      spaceBefore,
      startSeconds,
      endSeconds,
    }))
    .filter(({ text }) => text !== '');
}

/** True where the cue should end although the word might fit. */
function endsBefore(word: CueWord, lines: readonly CueWord[][], limits: CompleteSubtitleOptions): boolean {
  const words = lines.flat();
  const last = words.at(-1)!;
  if (word.startSeconds - last.endSeconds >= CUE_PAUSE_SECONDS) return true;
  if (word.endSeconds - words[0]!.startSeconds > limits.maxCueSeconds) return true;
  const isHalfFull = columnsOfWords(words) + 1 >= SENTENCE_SHARE * limits.maxLineCharacters * limits.maxLines;
  return SENTENCE_END.test(last.text) && isHalfFull;
}

/** Adds the word to the last line or a new one; `false` where the cue is full. */
function placed(
  word: CueWord,
  lines: CueWord[][],
  limits: CompleteSubtitleOptions,
  nameCharacters: number,
): boolean {
  const line = lines.at(-1);
  if (line === undefined) {
    lines.push([word]);
    return true;
  }
  const room = limits.maxLineCharacters - (lines.length === 1 ? nameCharacters : 0);
  if (columnsOfWords([...line, word]) <= room && line.length < limits.maxLineWords) {
    line.push(word);
    return true;
  }
  if (lines.length >= limits.maxLines) return false;
  lines.push([word]);
  return true;
}

/** Columns that words take in a line. */
function columnsOfWords(words: readonly CueWord[]): number {
  return words.reduce(
    (sum, { text, spaceBefore }, index) => sum + columnsOf(text) + (spaceBefore && index > 0 ? 1 : 0),
    0,
  );
}
