import type { Segment } from '../../timeline/turns.ts';
import type { TranscriptResult } from '../../result/result.ts';
import { formatFixed } from '../writing/fixed-decimal.ts';
import { speakerPrefixer, type RenderOptions } from '../render-options.ts';
import { singleLine } from '../writing/single-line.ts';

/**
 * The line format of Exact_Transcription: `[00012.35-00015.60] SPEAKER_00: text`, an utterance a line, seconds with
 * two decimals in eight places.
 *
 * @see https://github.com/pohagan72/Exact_Transcription
 */
export function renderTimedLines(result: TranscriptResult, _options: RenderOptions = {}): string {
  const prefixOf = speakerPrefixer(result);
  return result.utterances
    .map(
      (utterance) => `${timeSpan(utterance)} ${singleLine(prefixOf(utterance.speaker) + utterance.text)}\n`,
    )
    .join('');
}

/** `[00012.35-00015.60]`. */
export function timeSpan({ startSeconds, endSeconds }: Segment): string {
  const seconds = (value: number): string => formatFixed(value, 2).padStart(8, '0');
  return `[${seconds(startSeconds)}-${seconds(endSeconds)}]`;
}
