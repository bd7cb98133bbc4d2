import { assignLinear } from '../../math/linear-assignment.ts';
import type { Matrix } from '../../math/matrix.ts';
import type { ScoredRecording } from './scored-cells.ts';

/**
 * Seconds that each pair of speakers has in common.
 *
 * @returns [reference speakers, hypothesis speakers]; a speaker who overlaps itself counts once for each turn
 */
export function commonSeconds(recording: ScoredRecording): Matrix<Float64Array> {
  const rows = recording.referenceLabels.length;
  const columns = recording.hypothesisLabels.length;
  const data = new Float64Array(rows * columns);
  for (const { seconds, reference, hypothesis } of recording.cells) {
    for (const row of reference) {
      for (const column of hypothesis) data[row * columns + column]! += seconds;
    }
  }
  return { data, rows, columns };
}

/**
 * The one-to-one mapping of speakers with the largest common time.
 *
 * @returns for each reference speaker its hypothesis speaker, or -1; pairs without common time are not mapped
 */
export function mapSpeakers(recording: ScoredRecording): Int32Array {
  const common = commonSeconds(recording);
  const mapping = assignLinear(common, { maximize: true });
  return mapping.map((column, row) =>
    column >= 0 && common.data[row * common.columns + column]! > 0 ? column : -1,
  );
}

/** A mapping of indices as label pairs, [hypothesis label, reference label]. */
export function mappedLabels(recording: ScoredRecording, mapping: Int32Array): Map<string, string> {
  const labels = new Map<string, string>();
  for (const [reference, hypothesis] of mapping.entries()) {
    if (hypothesis < 0) continue;
    labels.set(recording.hypothesisLabels[hypothesis]!, recording.referenceLabels[reference]!);
  }
  return labels;
}
