import { assignLinear } from '../../math/linear-assignment.ts';
import { argmaxRow, type Matrix } from '../../math/matrix.ts';
import { UNASSIGNED } from './assign-speakers.ts';
import type { SpeakerClusters } from '../cluster-speakers.ts';
import type { LocalSpeakers } from '../local-speakers.ts';

/** Each row to its best cluster, the lower one of equals; a row of NaN to cluster 0, as NumPy's `argmax`. */
export function assignToBest(scores: Matrix<Float64Array>): Int32Array {
  return Int32Array.from({ length: scores.rows }, (_, row) => argmaxRow(scores, row));
}

/**
 * One-to-one assignment within every chunk with the largest total score, the inactive local speakers included; those
 * beyond the number of clusters stay `UNASSIGNED`.
 *
 * Scores that are missing count as the lowest of the whole recording. With `inactiveLast`, inactive local speakers
 * score lower than everything else; but where any score of the recording is missing, they count as missing too.
 *
 * @see pyannote.audio 4 `BaseClustering.constrained_argmax`, and `VBxClustering` for `inactiveLast`
 */
export function assignOneToOne(
  scores: Matrix<Float64Array>,
  local: LocalSpeakers,
  localSpeakerCount: number,
  inactiveLast: boolean,
): Int32Array {
  const { rows, columns } = scores;
  const data = scores.data.slice();
  if (inactiveLast) {
    const lowest = data.reduce((least, score) => Math.min(least, score), Infinity);
    for (let row = 0; row < rows; row += 1) {
      if (local.activeFrames[row] === 0) data.fill(lowest - 1, row * columns, (row + 1) * columns);
    }
  }
  const lowest = data.reduce((least, score) => (score < least ? score : least), Infinity);
  const missing = Number.isFinite(lowest) ? lowest : 0;
  for (let i = 0; i < data.length; i += 1) if (Number.isNaN(data[i])) data[i] = missing;

  const assigned = new Int32Array(rows).fill(UNASSIGNED);
  for (let first = 0; first < rows; first += localSpeakerCount) {
    const chunk = data.subarray(first * columns, (first + localSpeakerCount) * columns);
    const clusters = assignLinear({ data: chunk, rows: localSpeakerCount, columns }, { maximize: true });
    clusters.forEach((cluster, speaker) => {
      if (cluster >= 0) assigned[first + speaker] = cluster;
    });
  }
  return assigned;
}

/**
 * pyannote's assignment, its conventions included: see `assignToBest` and `assignOneToOne`.
 *
 * @param inactiveLast as `VBxClustering` does and `AgglomerativeClustering` does not
 * @returns the clusters as pyannote's clustering returns them, inactive local speakers included
 */
export function assignLikePyannote(
  scores: Matrix<Float64Array>,
  local: LocalSpeakers,
  localSpeakerCount: number,
  clusters: SpeakerClusters,
  inactiveLast: boolean,
): Int32Array {
  if (clusters.single) return new Int32Array(local.rowCount);
  if (!clusters.constrained) return assignToBest(scores);
  return assignOneToOne(scores, local, localSpeakerCount, inactiveLast);
}

/** Inactive local speakers lose their cluster. */
export function unassignInactive(assigned: Int32Array, local: LocalSpeakers): Int32Array {
  return assigned.map((cluster, row) => (local.activeFrames[row] === 0 ? UNASSIGNED : cluster));
}
