import type { Matrix } from '../../math/matrix.ts';
import { closestFrame } from '../../timeline/sliding-window.ts';
import type { Segment } from '../../timeline/turns.ts';
import { firstFrameOfChunk, globalFrameCount } from '../global-frames.ts';
import type { Observations } from '../observations.ts';

/**
 * How sure the cluster of each local speaker is: the logistic function of how much nearer its own centroid is than
 * the next one, times `slope`.
 *
 * 0.5 without an embedding (the choice was made by time alone); 1 where there is only one cluster; 0 without a
 * cluster.
 *
 * @param scores   [row, cluster] as `scoreLocalSpeakers`
 * @param assigned cluster of each row
 * @param slope    of the encoder's scores
 */
export function certaintyOfRows(
  { data, rows, columns }: Matrix<Float64Array>,
  assigned: Int32Array,
  slope: number,
): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    const own = assigned[row]!;
    if (own < 0) return 0;
    if (columns < 2) return 1;
    let other = -Infinity;
    for (let cluster = 0; cluster < columns; cluster += 1) {
      if (cluster !== own) other = Math.max(other, data[row * columns + cluster]!);
    }
    const margin = data[row * columns + own]! - other;
    return Number.isNaN(margin) ? 0.5 : 1 / (1 + Math.exp(-slope * margin));
  });
}

/**
 * Confidence of each segment of a cluster: of all chunks that cover a frame, the mean certainty with which they hear
 * this cluster there (0 where they do not hear it), averaged over the frames of the segment.
 *
 * So a chunk that misses the speaker and a voice that fits another speaker nearly as well both count against it.
 *
 * @returns for each segment a value in [0, 1]
 */
export function confidenceOfSegments(
  observations: Observations,
  assigned: Int32Array,
  certainty: Float64Array,
  cluster: number,
  segments: readonly Segment[],
): number[] {
  if (segments.length === 0) return [];
  const sums = runningSupport(observations, assigned, certainty, cluster);
  const { frameGrid } = observations;
  return segments.map(({ startSeconds, endSeconds }) => {
    const first = Math.min(closestFrame(frameGrid, startSeconds), sums.length - 2);
    const end = Math.min(Math.max(closestFrame(frameGrid, endSeconds), first + 1), sums.length - 1);
    return Math.min(1, (sums[end]! - sums[first]!) / (end - first));
  });
}

/** Sums, up to each frame, of how much the chunks that cover a frame support the cluster, in [0, 1] a frame. */
function runningSupport(
  observations: Observations,
  assigned: Int32Array,
  certainty: Float64Array,
  cluster: number,
): Float64Array {
  const { chunkCount, framesPerChunk, localSpeakerCount, activity } = observations;
  const frameCount = globalFrameCount(observations);
  const support = new Float64Array(frameCount + 1);
  const covering = new Uint16Array(frameCount);
  for (let chunk = 0; chunk < chunkCount; chunk += 1) {
    const first = firstFrameOfChunk(observations, chunk);
    const last = Math.min(framesPerChunk, frameCount - first);
    for (let frame = 0; frame < last; frame += 1) covering[first + frame]! += 1;
    for (let speaker = 0; speaker < localSpeakerCount; speaker += 1) {
      const row = chunk * localSpeakerCount + speaker;
      if (assigned[row] !== cluster) continue;
      for (let frame = 0; frame < last; frame += 1) {
        if ((activity[chunk * framesPerChunk + frame]! >> speaker) & 1) {
          support[first + frame + 1]! += certainty[row]!;
        }
      }
    }
  }
  for (let frame = 0; frame < frameCount; frame += 1) {
    const share = covering[frame] === 0 ? 0 : Math.min(1, support[frame + 1]! / covering[frame]!);
    support[frame + 1] = support[frame]! + share;
  }
  return support;
}
