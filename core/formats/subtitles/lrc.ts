import type { TranscriptResult } from '../../result/result.ts';
import { speakerPrefixer, titleOf, type RenderOptions } from '../render-options.ts';
import { roundHalfEven } from '../../timeline/sliding-window.ts';
import { singleLine } from '../writing/single-line.ts';

/**
 * Lyrics with times, `[mm:ss.xx]text`, an utterance a line; minutes go on past 59. Brackets at the start of a text
 * would be taken for a time, so square ones become round.
 *
 * @see https://en.wikipedia.org/wiki/LRC_(file_format)
 */
export function renderLrc(result: TranscriptResult, options: RenderOptions = {}): string {
  const prefixOf = speakerPrefixer(result);
  const unbracketed = (text: string): string => singleLine(text).replaceAll('[', '(').replaceAll(']', ')');
  const lines = result.utterances.map(
    ({ startSeconds, speaker, text }) =>
      `[${lrcTime(startSeconds)}]${unbracketed(prefixOf(speaker) + text)}\n`,
  );
  const length = lrcTime(result.durationSeconds).split('.')[0]!;
  return [`[ti:${unbracketed(titleOf(options))}]\n`, `[length:${length}]\n`, ...lines].join('');
}

function lrcTime(seconds: number): string {
  const hundredths = Math.max(0, roundHalfEven(seconds * 100));
  const minutes = String(Math.floor(hundredths / 6000)).padStart(2, '0');
  const rest = String(hundredths % 6000).padStart(4, '0');
  return `${minutes}:${rest.slice(0, 2)}.${rest.slice(2)}`;
}
