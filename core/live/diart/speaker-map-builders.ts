import type { Matrix } from '../../math/matrix.ts';
import { rowOf } from '../../math/matrix.ts';
import { SpeakerMap } from './speaker-map.ts';

/** Scores of two sets of speakers on the same frames: [frame, speaker]. */
type Scores = Matrix<Float64Array>;

/** Maps by cosine distance of embeddings to centres; a centre of zeros gives NaN. */
export function mapByCosineDistance(embeddings: Matrix, centres: Matrix<Float64Array>): SpeakerMap {
  return mapOfPairs(embeddings.rows, centres.rows, 'minimize', (local, global) =>
    cosineDistance(rowOf(embeddings, local), rowOf(centres, global)),
  );
}

/** Maps by Euclidean distance of embeddings to centres. */
export function mapByEuclideanDistance(embeddings: Matrix, centres: Matrix<Float64Array>): SpeakerMap {
  return mapOfPairs(embeddings.rows, centres.rows, 'minimize', (local, global) => {
    const centre = rowOf(centres, global);
    return Math.sqrt(rowOf(embeddings, local).reduce((sum, value, i) => sum + (value - centre[i]!) ** 2, 0));
  });
}

/** Maps by speech in common, as a share of the local speaker's own. */
export function mapByCorrelation(scores: Scores, others: Scores): SpeakerMap {
  return mapOfPairs(scores.columns, others.columns, 'maximize', (local, global) => {
    const common = sumOverFrames(scores, (frame) => at(scores, frame, local) * at(others, frame, global));
    return common / sumOverFrames(scores, (frame) => at(scores, frame, local));
  });
}

/** Maps by mean squared difference. */
export function mapByMeanSquaredError(scores: Scores, others: Scores): SpeakerMap {
  return mapByMeanOf(scores, others, (difference) => difference ** 2);
}

/** Maps by mean absolute difference. */
export function mapByMeanAbsoluteError(scores: Scores, others: Scores): SpeakerMap {
  return mapByMeanOf(scores, others, Math.abs);
}

function mapByMeanOf(scores: Scores, others: Scores, cost: (difference: number) => number): SpeakerMap {
  return mapOfPairs(scores.columns, others.columns, 'minimize', (local, global) => {
    const total = sumOverFrames(scores, (frame) =>
      cost(at(scores, frame, local) - at(others, frame, global)),
    );
    return total / scores.rows;
  });
}

function mapOfPairs(
  rows: number,
  columns: number,
  objective: 'minimize' | 'maximize',
  valueOf: (local: number, global: number) => number,
): SpeakerMap {
  const data = Float64Array.from({ length: rows * columns }, (_, i) =>
    valueOf(Math.floor(i / columns), i % columns),
  );
  return new SpeakerMap({ data, rows, columns }, objective);
}

/** As SciPy's `cdist`: in float64, NaN where either vector is zero. */
function cosineDistance(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  let [dot, squaresOfA, squaresOfB] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    dot += a[i]! * b[i]!;
    squaresOfA += a[i]! ** 2;
    squaresOfB += b[i]! ** 2;
  }
  return 1 - dot / (Math.sqrt(squaresOfA) * Math.sqrt(squaresOfB));
}

function at(scores: Scores, frame: number, speaker: number): number {
  return scores.data[frame * scores.columns + speaker]!;
}

function sumOverFrames(scores: Scores, valueOf: (frame: number) => number): number {
  let sum = 0;
  for (let frame = 0; frame < scores.rows; frame += 1) sum += valueOf(frame);
  return sum;
}
