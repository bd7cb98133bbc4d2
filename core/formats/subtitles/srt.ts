import type { TranscriptResult, Utterance } from '../../result/result.ts';
import { formatClock } from '../writing/clock.ts';
import type { RenderOptions } from '../render-options.ts';
import { singleLine } from '../writing/single-line.ts';
import { styledCues, type CueStyle } from './subtitle-cues.ts';
import { cueBlocksOf, joinLines, readCueTimes, utterancesOfCues } from './subtitle-reader.ts';

/** SRT has no field for the speaker: the name stands before the text. */
const STYLE: CueStyle = {
  word: (text) => text.replaceAll('-->', '->'),
  speaker: (name) => `${singleLine(name).replaceAll('-->', '->')}: `,
  visibleSpeakerCharacters: (name) => singleLine(name).length + 2,
};

/**
 * SubRip subtitles: number, `HH:MM:SS,mmm --> HH:MM:SS,mmm`, text, empty line.
 *
 * @see https://www.matroska.org/technical/subtitles.html#srt-subtitles
 */
export function renderSrt(result: TranscriptResult, options: RenderOptions = {}): string {
  const clock = (seconds: number): string =>
    formatClock(seconds, { hours: true, decimalMark: ',', padded: true });
  return styledCues(result, options, STYLE)
    .map(
      (cue, index) =>
        `${index + 1}\n${clock(cue.startSeconds)} --> ${clock(cue.endSeconds)}\n${cue.text}\n\n`,
    )
    .join('');
}

/**
 * Reads SubRip subtitles: an utterance for each cue, lines joined, tags such as `<i>` left out. Where every cue begins
 * with `Name: ` these are speakers; otherwise nobody is named.
 *
 * @throws InvalidInputError `invalid_file` with the line number
 */
export function readSrt(text: string): Utterance[] {
  const cues = cueBlocksOf(text).map((block) => {
    // The number may be missing; some writers leave it out.
    const [first, ...rest] = block;
    const numbered = /^\d+$/.test(first!.text.trim()) && rest.length > 0;
    const [timeLine, ...lines] = numbered ? rest : block;
    return {
      ...readCueTimes('SRT', timeLine!),
      text: plainText(lines.map((line) => line.text)),
      speaker: null,
    };
  });
  return utterancesOfCues(withNames(cues));
}

const NAME = /^([^:\n]{1,60}): (?=\S)/;
/** The tags of SubRip, and positions of SubStation Alpha; other angle brackets are text. */
const TAG = /<\/?(?:[bius]|font(?:\s[^>]*)?)>|\{\\[^}]*\}/gi;

function plainText(lines: readonly string[]): string {
  return joinLines(lines.join('\n').replace(TAG, ''));
}

type SrtCue = {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
  readonly speaker: string | null;
};

function withNames(cues: readonly SrtCue[]): SrtCue[] {
  const named = cues.length > 0 && cues.every((cue) => NAME.test(cue.text));
  if (!named) return [...cues];
  return cues.map((cue) => ({ ...cue, speaker: NAME.exec(cue.text)![1]!, text: cue.text.replace(NAME, '') }));
}
