import { pythonFloat } from '../writing/python-json.ts';
import { formatClock, wholeMilliseconds } from '../writing/clock.ts';
import { whisperxCues, type WhisperxSubtitleOptions } from './whisperx-cues.ts';
import type { TranscriptResult } from '../../result/result.ts';
import { toWhisperx, type WhisperxSegment, type WhisperxTranscript } from './whisperx.ts';

/**
 * The writers of WhisperX, byte for byte: for users who compare, and for scripts made for its files. The formats of
 * our own (`renderSrt`, `renderVtt`, …) never put two speakers into a cue and escape what they hold; these do as
 * WhisperX does.
 *
 * @see https://github.com/m-bain/whisperX (BSD-2-Clause), `whisperx/utils.py`
 */
export function writeWhisperxSrt(
  transcript: WhisperxTranscript,
  options: WhisperxSubtitleOptions = {},
): string {
  const clock = (seconds: number): string => whisperxClock(seconds, true, ',');
  return whisperxCues(transcript, options, clock)
    .map((cue, index) => `${index + 1}\n${cue.start} --> ${cue.end}\n${cue.text}\n\n`)
    .join('');
}

/** WhisperX's WebVTT. */
export function writeWhisperxVtt(
  transcript: WhisperxTranscript,
  options: WhisperxSubtitleOptions = {},
): string {
  const clock = (seconds: number): string => whisperxClock(seconds, false, '.');
  const cues = whisperxCues(transcript, options, clock).map(
    (cue) => `${cue.start} --> ${cue.end}\n${cue.text}\n\n`,
  );
  return `WEBVTT\n\n${cues.join('')}`;
}

/** WhisperX's tab-separated values: whole milliseconds and text. */
export function writeWhisperxTsv({ segments }: WhisperxTranscript): string {
  const rows = segments.map(
    (segment) =>
      `${wholeMilliseconds(segment.start)}\t${wholeMilliseconds(segment.end)}\t${tabless(segment)}\n`,
  );
  return `start\tend\ttext\n${rows.join('')}`;
}

/** WhisperX's plain text: a line for each segment. */
export function writeWhisperxText({ segments }: WhisperxTranscript): string {
  return segments
    .map(({ speaker, text }) => `${speaker === undefined ? '' : `[${speaker}]: `}${text.trim()}\n`)
    .join('');
}

/** WhisperX's Audacity labels. */
export function writeWhisperxAudacity({ segments }: WhisperxTranscript): string {
  return segments
    .map((segment) => {
      const speaker = segment.speaker === undefined ? '' : `[[${segment.speaker}]]`;
      return `${pythonFloat(segment.start)}\t${pythonFloat(segment.end)}\t${speaker}${tabless(segment)}\n`;
    })
    .join('');
}

/** A transcript as each file of WhisperX, as its command writes them without further options. */
export const renderWhisperxSrt = (result: TranscriptResult): string => writeWhisperxSrt(toWhisperx(result));
export const renderWhisperxVtt = (result: TranscriptResult): string => writeWhisperxVtt(toWhisperx(result));
export const renderWhisperxTsv = (result: TranscriptResult): string => writeWhisperxTsv(toWhisperx(result));
export const renderWhisperxText = (result: TranscriptResult): string => writeWhisperxText(toWhisperx(result));
export const renderWhisperxAudacity = (result: TranscriptResult): string =>
  writeWhisperxAudacity(toWhisperx(result));

/** WhisperX's clock: hours always or only where there are any, halves of a millisecond to even. */
export function whisperxClock(seconds: number, alwaysHours: boolean, decimalMark: '.' | ','): string {
  return formatClock(seconds, { hours: alwaysHours, decimalMark, padded: true });
}

function tabless({ text }: WhisperxSegment): string {
  return text.trim().replaceAll('\t', ' ');
}
