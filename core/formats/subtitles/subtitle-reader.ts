import type { Segment } from '../../timeline/turns.ts';
import type { Utterance } from '../../result/result.ts';
import { joinWords } from '../../text/join-words.ts';
import { singleLine } from '../writing/single-line.ts';
import { invalidLine, linesOf, type NumberedLine } from '../writing/text-lines.ts';

/** The blocks between empty lines. */
export function cueBlocksOf(text: string): NumberedLine[][] {
  const blocks: NumberedLine[][] = [[]];
  for (const line of linesOf(text)) {
    if (line.text.trim() !== '') blocks.at(-1)!.push(line);
    else if (blocks.at(-1)!.length > 0) blocks.push([]);
  }
  return blocks.filter((block) => block.length > 0);
}

const TIME = /^(?:(?<hours>\d+):)?(?<minutes>[0-5]?\d):(?<seconds>[0-5]?\d)[.,](?<fraction>\d{1,3})$/;

/**
 * The times of a line `[HH:]MM:SS.mmm --> [HH:]MM:SS.mmm settings`.
 *
 * @throws InvalidInputError `invalid_file` with the line number
 */
export function readCueTimes(format: string, { number, text }: NumberedLine): Segment {
  const [start, arrow, end] = text.trim().split(/[ \t]+/);
  const startSeconds = cueSeconds(start);
  const endSeconds = cueSeconds(end);
  if (arrow !== '-->' || startSeconds === undefined || endSeconds === undefined) {
    throw invalidLine(format, number, 'expected times such as 00:00:01.000 --> 00:00:02.500.');
  }
  if (endSeconds < startSeconds)
    throw invalidLine(format, number, 'expected an end that is not before the start.');
  return { startSeconds, endSeconds };
}

function cueSeconds(text: string | undefined): number | undefined {
  const match = text === undefined ? null : TIME.exec(text);
  if (match === null) return undefined;
  const { hours = '0', minutes, seconds, fraction } = match.groups!;
  const milliseconds = Number(fraction!.padEnd(3, '0'));
  // One division, so that 0.1 s reads as the double next to 0.1.
  return ((Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000 + milliseconds) / 1000;
}

/** The lines of a cue as one: a line ends where its words may part. */
export function joinLines(text: string): string {
  const lines = text.split('\n').map((line) => ({ text: singleLine(line) }));
  return joinWords(lines.filter((line) => line.text !== ''));
}

/** Cues as utterances without word times. */
export function utterancesOfCues(
  cues: readonly (Segment & { readonly speaker: string | null; readonly text: string })[],
): Utterance[] {
  return cues.map(({ startSeconds, endSeconds, speaker, text }) => ({
    startSeconds,
    endSeconds,
    speaker,
    text,
    words: [],
  }));
}
