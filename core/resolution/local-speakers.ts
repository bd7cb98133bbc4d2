import { bitCount } from './speaker-count.ts';
import type { Observations } from './observations.ts';

/**
 * What is known of each local speaker without comparing voices.
 *
 * A local speaker's row is `chunk * localSpeakerCount + localSpeaker`, here and in all of resolution.
 */
export type LocalSpeakers = {
  readonly rowCount: number;
  /** Frames in which this local speaker is active. */
  readonly activeFrames: Int32Array;
  /** Frames in which it is the only active one. */
  readonly aloneFrames: Int32Array;
  /** 1 where the embedding is finite and not zero, so that it can be compared. */
  readonly hasEmbedding: Uint8Array;
};

/** Counts frames and looks at embeddings of every local speaker of every chunk. */
export function measureLocalSpeakers(observations: Observations): LocalSpeakers {
  const counted = countLocalFrames(observations);
  const hasEmbedding = new Uint8Array(counted.rowCount);
  for (let row = 0; row < counted.rowCount; row += 1)
    hasEmbedding[row] = isComparable(observations, row) ? 1 : 0;
  return { ...counted, hasEmbedding };
}

/** Counts frames of every local speaker of every chunk. */
export function countLocalFrames(observations: Observations): Omit<LocalSpeakers, 'hasEmbedding'> {
  const { chunkCount, framesPerChunk, localSpeakerCount, activity } = observations;
  const rowCount = chunkCount * localSpeakerCount;
  const activeFrames = new Int32Array(rowCount);
  const aloneFrames = new Int32Array(rowCount);
  for (let chunk = 0; chunk < chunkCount; chunk += 1) {
    for (let frame = 0; frame < framesPerChunk; frame += 1) {
      const bits = activity[chunk * framesPerChunk + frame]!;
      if (bits === 0) continue;
      const alone = bitCount(bits) === 1;
      for (let speaker = 0; speaker < localSpeakerCount; speaker += 1) {
        if (!((bits >> speaker) & 1)) continue;
        activeFrames[chunk * localSpeakerCount + speaker]! += 1;
        if (alone) aloneFrames[chunk * localSpeakerCount + speaker]! += 1;
      }
    }
  }
  return { rowCount, activeFrames, aloneFrames };
}

function isComparable({ embeddings, embeddingDimension }: Observations, row: number): boolean {
  let squares = 0;
  for (let i = row * embeddingDimension; i < (row + 1) * embeddingDimension; i += 1) {
    squares += embeddings[i]! * embeddings[i]!;
  }
  // NaN and infinity fail this, and so does a vector whose length vanishes in single precision.
  return squares > SMALLEST_SQUARED_NORM && squares < LARGEST_SQUARED_NORM;
}

/** Squared lengths that float32 arithmetic can still divide by. */
const SMALLEST_SQUARED_NORM = 1e-30;
const LARGEST_SQUARED_NORM = 1e30;

/**
 * Rows whose embedding is good enough to form clusters: those with an embedding that speak alone for at least
 * `minAloneShare` of a chunk. All others are only assigned to the clusters afterwards.
 *
 * @returns ascending rows
 * @see pyannote.audio 4 `BaseClustering.filter_embeddings`, `min_active_ratio` 0.2
 */
export function trainingRows(
  observations: Observations,
  local: LocalSpeakers,
  minAloneShare: number,
): Int32Array {
  const minAloneFrames = minAloneShare * observations.framesPerChunk;
  const rows: number[] = [];
  for (let row = 0; row < local.rowCount; row += 1) {
    const active = local.activeFrames[row]! > 0;
    if (active && local.hasEmbedding[row] && local.aloneFrames[row]! >= minAloneFrames) rows.push(row);
  }
  return Int32Array.from(rows);
}
