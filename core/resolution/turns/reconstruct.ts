import { firstFrameOfChunk, globalFrameCount } from '../global-frames.ts';
import type { Observations } from '../observations.ts';
import { largestOf } from '../../math/extremes.ts';

/** Decisions of the whole recording: 1 where a speaker (column) is active in a frame (row); row-major. */
export type FrameActivity = {
  readonly data: Uint8Array;
  readonly frameCount: number;
  readonly speakerCount: number;
};

/** Votes of the whole recording: how many chunks hear a cluster (column) in a frame (row); row-major. */
export type FrameVotes = {
  readonly data: Uint16Array;
  readonly frameCount: number;
  readonly clusterCount: number;
};

/**
 * Adds up, frame by frame, in how many chunks a cluster is active; local speakers of one chunk that share a cluster
 * count once.
 *
 * @param assigned cluster of each row of local speakers; negative: none
 * @see pyannote.audio `SpeakerDiarization.reconstruct` and `to_diarization`
 */
export function countVotes(
  observations: Observations,
  assigned: Int32Array,
  clusterCount: number,
): FrameVotes {
  const { chunkCount, framesPerChunk, localSpeakerCount, activity } = observations;
  const frameCount = globalFrameCount(observations);
  const data = new Uint16Array(frameCount * clusterCount);
  for (let chunk = 0; chunk < chunkCount; chunk += 1) {
    const first = firstFrameOfChunk(observations, chunk);
    const last = Math.min(framesPerChunk, frameCount - first);
    for (const [cluster, mask] of localMasks(assigned, chunk, localSpeakerCount)) {
      for (let frame = 0; frame < last; frame += 1) {
        if (activity[chunk * framesPerChunk + frame]! & mask)
          data[(first + frame) * clusterCount + cluster]! += 1;
      }
    }
  }
  return { data, frameCount, clusterCount };
}

/** The local speakers of a chunk by cluster, as bits. */
function localMasks(assigned: Int32Array, chunk: number, localSpeakerCount: number): Map<number, number> {
  const masks = new Map<number, number>();
  for (let speaker = 0; speaker < localSpeakerCount; speaker += 1) {
    const cluster = assigned[chunk * localSpeakerCount + speaker]!;
    if (cluster >= 0) masks.set(cluster, (masks.get(cluster) ?? 0) | (1 << speaker));
  }
  return masks;
}

/**
 * The `counts[frame]` clusters with most votes speak. Equal votes: the lower cluster.
 *
 * Where more people were counted than there are clusters, silent ones are switched on, and columns are added for
 * them when there are too few: pyannote's convention, kept for compatibility.
 */
export function selectLikePyannote(votes: FrameVotes, counts: Uint8Array): FrameActivity {
  const { frameCount, clusterCount } = votes;
  const speakerCount = largestOf(counts, clusterCount);
  const data = new Uint8Array(frameCount * speakerCount);
  const row = new Int32Array(speakerCount);
  for (let frame = 0; frame < frameCount; frame += 1) {
    row.fill(0);
    row.set(votes.data.subarray(frame * clusterCount, (frame + 1) * clusterCount));
    for (let picked = 0; picked < counts[frame]!; picked += 1) {
      let best = -1;
      for (let speaker = 0; speaker < speakerCount; speaker += 1) {
        if (row[speaker]! >= 0 && (best === -1 || row[speaker]! > row[best]!)) best = speaker;
      }
      data[frame * speakerCount + best] = 1;
      row[best] = -1;
    }
  }
  return { data, frameCount, speakerCount };
}

/**
 * The `counts[frame]` clusters with most votes speak, as far as they have any. Equal votes: whoever spoke in the
 * frame before, then the lower cluster.
 *
 * @param candidates where given, only its active speakers are chosen from
 */
export function selectSpeakers(
  votes: FrameVotes,
  counts: Uint8Array,
  candidates?: FrameActivity,
): FrameActivity {
  const { frameCount, clusterCount } = votes;
  const data = new Uint8Array(frameCount * clusterCount);
  for (let frame = 0; frame < frameCount; frame += 1) {
    const start = frame * clusterCount;
    for (let picked = 0; picked < counts[frame]!; picked += 1) {
      let best = -1;
      let bestRank = 0;
      for (let cluster = 0; cluster < clusterCount; cluster += 1) {
        if (data[start + cluster] || candidates?.data[start + cluster] === 0) continue;
        const before = frame > 0 && data[start - clusterCount + cluster] === 1;
        const vote = votes.data[start + cluster]!;
        // Half a vote decides ties only.
        const rank = vote === 0 ? 0 : vote + (before ? 0.5 : 0);
        if (rank > bestRank) {
          bestRank = rank;
          best = cluster;
        }
      }
      if (best === -1) break;
      data[start + best] = 1;
    }
  }
  return { data, frameCount, speakerCount: clusterCount };
}

/** The counts with an upper limit. */
export function capCounts(counts: Uint8Array, limit: number): Uint8Array {
  return counts.map((count) => Math.min(count, limit));
}
