import { isTranscript, type DiarizationResult } from '../../result/result.ts';
import { formatFixed } from '../writing/fixed-decimal.ts';
import { speakerNamer, speakerPrefixer, type RenderOptions } from '../render-options.ts';
import { singleLine } from '../writing/single-line.ts';

/**
 * An Audacity label track: `start<TAB>end<TAB>label` in seconds, a turn a line; with words, an utterance a line.
 *
 * @see https://manual.audacityteam.org/man/importing_and_exporting_labels.html
 */
export function renderAudacity(result: DiarizationResult, _options: RenderOptions = {}): string {
  const nameOf = speakerNamer(result);
  const prefixOf = speakerPrefixer(result);
  const rows = isTranscript(result)
    ? result.utterances.map((utterance) => ({
        ...utterance,
        label: prefixOf(utterance.speaker) + utterance.text,
      }))
    : result.turns.map((turn) => ({ ...turn, label: nameOf(turn.speaker) }));
  return rows
    .map(
      (row) =>
        `${formatFixed(row.startSeconds, 6)}\t${formatFixed(row.endSeconds, 6)}\t${singleLine(row.label)}\n`,
    )
    .join('');
}
