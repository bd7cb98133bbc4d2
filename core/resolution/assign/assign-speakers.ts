import { assignLinear } from '../../math/linear-assignment.ts';
import { argmaxRow, rowOf, type Matrix } from '../../math/matrix.ts';
import { firstFrameOfChunk } from '../global-frames.ts';
import type { LocalSpeakers } from '../local-speakers.ts';
import type { Observations } from '../observations.ts';
import { countVotes, type FrameVotes } from '../turns/reconstruct.ts';

/** Cluster of a local speaker that has none. */
export const UNASSIGNED = -2;

/**
 * Which cluster each active local speaker belongs to.
 *
 * By voice where there is an embedding: with `constrained`, no two local speakers of a chunk share a cluster (the
 * assignment with the largest total score), and those that are more than there are clusters take the nearest one.
 * Without an embedding by time, see `followNeighbours`.
 *
 * @param scores [row, cluster]; NaN in rows without an embedding
 * @returns cluster of each row; `UNASSIGNED` for inactive local speakers
 */
export function assignSpeakers(
  observations: Observations,
  local: LocalSpeakers,
  scores: Matrix<Float64Array>,
  constrained: boolean,
): Int32Array {
  const { localSpeakerCount } = observations;
  const assigned = new Int32Array(local.rowCount).fill(UNASSIGNED);
  const silent: number[] = [];
  for (let first = 0; first < local.rowCount; first += localSpeakerCount) {
    const voiced: number[] = [];
    for (let row = first; row < first + localSpeakerCount; row += 1) {
      if (local.activeFrames[row] === 0) continue;
      (local.hasEmbedding[row] ? voiced : silent).push(row);
    }
    if (constrained && voiced.length > 1) assignChunk(scores, voiced, assigned);
    for (const row of voiced) if (assigned[row] === UNASSIGNED) assigned[row] = argmaxRow(scores, row);
  }
  if (silent.length > 0) followNeighbours(observations, silent, scores.columns, constrained, assigned);
  return assigned;
}

/** One-to-one assignment of some rows. */
function assignChunk(scores: Matrix<Float64Array>, rows: readonly number[], assigned: Int32Array): void {
  const { columns } = scores;
  const chunk = new Float64Array(rows.length * columns);
  rows.forEach((row, index) => chunk.set(rowOf(scores, row), index * columns));
  const clusters = assignLinear({ data: chunk, rows: rows.length, columns }, { maximize: true });
  rows.forEach((row, index) => {
    if (clusters[index]! >= 0) assigned[row] = clusters[index]!;
  });
}

/**
 * Local speakers that said too little for an embedding: each belongs to the cluster that other chunks hear in its
 * frames most often, else to the one heard nearest in time, up to a chunk away. With `constrained`, clusters of the
 * chunk's other local speakers are considered only when no other is found. Nobody near: stays `UNASSIGNED`.
 */
function followNeighbours(
  observations: Observations,
  rows: readonly number[],
  clusterCount: number,
  constrained: boolean,
  assigned: Int32Array,
): void {
  const votes = countVotes(observations, assigned, clusterCount);
  for (const row of rows) {
    const taken = new Set(constrained ? clustersOfChunk(observations, assigned, row) : []);
    const frames = framesOf(observations, row);
    assigned[row] =
      mostHeardIn(votes, frames, taken) ??
      nearestHeard(votes, frames, taken, observations.framesPerChunk) ??
      mostHeardIn(votes, frames, new Set()) ??
      nearestHeard(votes, frames, new Set(), observations.framesPerChunk) ??
      UNASSIGNED;
  }
}

function clustersOfChunk({ localSpeakerCount }: Observations, assigned: Int32Array, row: number): Int32Array {
  const first = row - (row % localSpeakerCount);
  return assigned.slice(first, first + localSpeakerCount).filter((cluster) => cluster !== UNASSIGNED);
}

/** Frames of the recording in which a local speaker is active. */
function framesOf(observations: Observations, row: number): number[] {
  const { localSpeakerCount, framesPerChunk, activity } = observations;
  const chunk = Math.floor(row / localSpeakerCount);
  const bit = 1 << (row % localSpeakerCount);
  const first = firstFrameOfChunk(observations, chunk);
  const frames: number[] = [];
  for (let frame = 0; frame < framesPerChunk; frame += 1) {
    if (activity[chunk * framesPerChunk + frame]! & bit) frames.push(first + frame);
  }
  return frames;
}

function mostHeardIn(
  { data, clusterCount }: FrameVotes,
  frames: readonly number[],
  excluded: ReadonlySet<number>,
): number | undefined {
  let best: number | undefined;
  let most = 0;
  for (let cluster = 0; cluster < clusterCount; cluster += 1) {
    if (excluded.has(cluster)) continue;
    const heard = frames.reduce((sum, frame) => sum + (data[frame * clusterCount + cluster] ?? 0), 0);
    if (heard > most) {
      most = heard;
      best = cluster;
    }
  }
  return best;
}

/** Looks outward from the first and the last frame at once; the earlier side wins ties. */
function nearestHeard(
  votes: FrameVotes,
  frames: readonly number[],
  excluded: ReadonlySet<number>,
  maxDistance: number,
): number | undefined {
  const first = frames[0]!;
  const last = frames.at(-1)!;
  for (let distance = 1; distance <= maxDistance; distance += 1) {
    const near =
      mostHeardIn(votes, [first - distance], excluded) ?? mostHeardIn(votes, [last + distance], excluded);
    if (near !== undefined) return near;
  }
  return undefined;
}
