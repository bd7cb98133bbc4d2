import type { TranscriptResult } from '../../result/result.ts';
import { wholeMilliseconds } from '../writing/clock.ts';
import { speakerNamer, type RenderOptions } from '../render-options.ts';
import { singleLine } from '../writing/single-line.ts';

/** Whisper's table, `start end text` with whole milliseconds, and the speaker as a fourth column. */
export function renderTsv(result: TranscriptResult, _options: RenderOptions = {}): string {
  const nameOf = speakerNamer(result);
  const rows = result.utterances.map(({ startSeconds, endSeconds, text, speaker }) =>
    [
      wholeMilliseconds(startSeconds),
      wholeMilliseconds(endSeconds),
      singleLine(text),
      singleLine(nameOf(speaker)),
    ].join('\t'),
  );
  return ['start\tend\ttext\tspeaker', ...rows].map((row) => `${row}\n`).join('');
}
