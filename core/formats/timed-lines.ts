import type { TranscriptResult } from '../transcript/result.ts';
import { formatFixed } from './fixed-decimal.ts';
import { speakerNamer, type RenderOptions } from './render-options.ts';
import { singleLine } from './single-line.ts';

/**
 * The line format of Exact_Transcription: `[00012.35-00015.60] SPEAKER_00: text`, an utterance a line, seconds with
 * two decimals in eight places.
 *
 * @see https://github.com/pohagan72/Exact_Transcription
 */
export function renderTimedLines(result: TranscriptResult, _options: RenderOptions = {}): string {
  const nameOf = speakerNamer(result);
  const seconds = (value: number): string => formatFixed(value, 2).padStart(8, '0');
  return result.utterances
    .map(({ startSeconds, endSeconds, speaker, text }) => {
      const times = `[${seconds(startSeconds)}-${seconds(endSeconds)}]`;
      return `${times} ${singleLine(nameOf(speaker))}: ${singleLine(text)}\n`;
    })
    .join('');
}
