import { isTranscript, type DiarizationResult, type TranscriptResult } from '../transcript/result.ts';
import { formatClock, readableTime } from './clock.ts';
import { paragraphsOf } from './paragraphs.ts';
import { speakerNamer, type RenderOptions } from './render-options.ts';
import { singleLine } from './single-line.ts';

/**
 * For readers: a paragraph for each speaker in turn, headed by name and time; without words a line for each turn,
 * `00:00:01.195 – 00:00:03.507  SPEAKER_00`.
 */
export function renderText(
  result: DiarizationResult | TranscriptResult,
  _options: RenderOptions = {},
): string {
  return isTranscript(result) ? paragraphText(result) : turnText(result);
}

function paragraphText(result: TranscriptResult): string {
  const nameOf = speakerNamer(result);
  return paragraphsOf(result)
    .map(({ speaker, startSeconds, utterances }) => {
      const text = utterances.map((utterance) => singleLine(utterance.text)).join(' ');
      return `${singleLine(nameOf(speaker))} (${readableTime(startSeconds)})\n${text}\n`;
    })
    .join('\n');
}

function turnText(result: DiarizationResult): string {
  const nameOf = speakerNamer(result);
  const clock = (seconds: number): string =>
    formatClock(seconds, { hours: true, decimalMark: '.', padded: true });
  return result.turns
    .map(
      (turn) =>
        `${clock(turn.startSeconds)} – ${clock(turn.endSeconds)}  ${singleLine(nameOf(turn.speaker))}\n`,
    )
    .join('');
}
