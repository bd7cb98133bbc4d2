import type { TranscriptResult, Utterance } from '../../result/result.ts';
import { formatClock } from '../writing/clock.ts';
import type { RenderOptions } from '../render-options.ts';
import { singleLine } from '../writing/single-line.ts';
import { styledCues, type CueStyle } from './subtitle-cues.ts';
import { cueBlocksOf, joinLines, readCueTimes, utterancesOfCues } from './subtitle-reader.ts';
import { invalidLine, linesOf } from '../writing/text-lines.ts';

/** A voice span names the speaker; escaped text cannot end it, nor look like the arrow between times. */
const STYLE: CueStyle = {
  word: escapeCueText,
  speaker: (name) => `<v ${escapeCueText(singleLine(name))}>`,
  visibleSpeakerCharacters: () => 0,
};

/**
 * WebVTT subtitles with voice tags.
 *
 * @see https://www.w3.org/TR/webvtt1/
 */
export function renderVtt(result: TranscriptResult, options: RenderOptions = {}): string {
  const clock = (seconds: number): string =>
    formatClock(seconds, { hours: true, decimalMark: '.', padded: true });
  const cues = styledCues(result, options, STYLE).map(
    (cue) => `${clock(cue.startSeconds)} --> ${clock(cue.endSeconds)}\n${cue.text}\n`,
  );
  return ['WEBVTT\n', ...cues].join('\n');
}

function escapeCueText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Reads WebVTT: an utterance for each voice span of a cue, or for the cue where none is named. Comments, styles and
 * regions are passed over, other tags left out.
 *
 * @throws InvalidInputError `invalid_file` with the line number
 */
export function readVtt(text: string): Utterance[] {
  if (!/^WEBVTT(?:[ \t]|$)/.test(linesOf(text)[0]!.text)) {
    throw invalidLine('WebVTT', 1, 'expected the file to begin with WEBVTT.');
  }
  const [, ...blocks] = cueBlocksOf(text);
  const cues = blocks
    .filter((block) => !/^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/.test(block[0]!.text))
    .flatMap((block) => {
      const timeIndex = block[0]!.text.includes('-->') ? 0 : 1;
      const times = readCueTimes('WebVTT', block[timeIndex] ?? block[0]!);
      const lines = block.slice(timeIndex + 1).map((line) => line.text);
      return voicesOf(lines.join('\n')).map((voice) => ({ ...times, ...voice }));
    });
  return utterancesOfCues(cues);
}

const VOICE = /<v(?:\.[^\s>]*)?[ \t]+([^>]*)>/g;

/** The text of a cue by voice. */
function voicesOf(text: string): { speaker: string | null; text: string }[] {
  // [text before, name, text, name, text …]
  const [before, ...rest] = text.split(VOICE);
  const voices = [{ speaker: null as string | null, text: before! }];
  for (let index = 0; index < rest.length; index += 2) {
    voices.push({ speaker: unescapeCueText(rest[index]!).trim() || null, text: rest[index + 1]! });
  }
  return voices
    .map((voice) => ({
      speaker: voice.speaker,
      text: joinLines(unescapeCueText(voice.text.replace(/<[^>]*>/g, ''))),
    }))
    .filter((voice) => voice.text !== '');
}

const CHARACTER_REFERENCES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': '\u00A0',
  '&lrm;': '\u200E',
  '&rlm;': '\u200F',
};

function unescapeCueText(text: string): string {
  return text.replace(/&(?:amp|lt|gt|nbsp|lrm|rlm);/g, (reference) => CHARACTER_REFERENCES[reference]!);
}
