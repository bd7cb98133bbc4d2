import type { Matrix } from '../math/matrix.ts';
import { gatherRows } from '../math/vector.ts';
import { samplesToSeconds } from '../timeline/sliding-window.ts';
import { compareTurns, type Segment, type Turn } from '../timeline/turns.ts';
import { assignLikePyannote, unassignInactive } from './assign-like-pyannote.ts';
import { assignSpeakers } from './assign-speakers.ts';
import { binarize } from './binarize.ts';
import { clusterSpeakers, type ClusteringContext, type SpeakerClusters } from './cluster-speakers.ts';
import { measureLocalSpeakers, trainingRows, type LocalSpeakers } from './local-speakers.ts';
import { orderAsText, orderByFirstSpeech, speakerLabel } from './name-speakers.ts';
import type { Observations } from './observations.ts';
import {
  capCounts,
  countVotes,
  selectLikePyannote,
  selectSpeakers,
  type FrameActivity,
  type FrameVotes,
} from './reconstruct.ts';
import { checkResolutionOptions, type ResolutionOptions } from './resolution-options.ts';
import { scoreLocalSpeakers } from './score-speakers.ts';
import { resolveSpeakerBounds, type ResolvedBounds } from './speaker-bounds.ts';
import { countSpeakers, maxCount } from './speaker-count.ts';

/** A speaker of the recording. */
export type ResolvedSpeaker = {
  readonly label: string;
  /** Mean of its training embeddings, not renormalised; `null` where none was good enough. */
  readonly centroid: Float32Array | null;
};

/** Something unusual that is no failure. */
export type ResolutionWarning = { readonly code: 'fewer_speakers_than_asked'; readonly message: string };

/** Who spoke when in a recording. */
export type Resolution = {
  /** By start, end, speaker; turns of different speakers may overlap. */
  readonly turns: readonly Turn[];
  /** The same with at most one speaker at a time. */
  readonly exclusiveTurns: readonly Turn[];
  /** Everyone who has a turn, by label. */
  readonly speakers: readonly ResolvedSpeaker[];
  readonly warnings: readonly ResolutionWarning[];
  /** Absent where nobody spoke. */
  readonly stages?: ResolutionStages;
};

/** What every stage gave, for tests and diagnosis. Frames are those of the whole recording, rows local speakers. */
export type ResolutionStages = {
  /** People speaking at once by frame, before any cap. */
  readonly counts: Uint8Array;
  readonly local: LocalSpeakers;
  readonly trainingRows: Int32Array;
  readonly clusters: SpeakerClusters;
  /** [row, cluster], see `scoreLocalSpeakers`. */
  readonly scores: Matrix<Float64Array>;
  /** Cluster of each row. */
  readonly assigned: Int32Array;
  readonly votes: FrameVotes;
  readonly activity: FrameActivity;
  readonly exclusiveActivity: FrameActivity;
};

/** What `resolve` needs besides observations and options. */
export type ResolutionContext = ClusteringContext;

/**
 * Turns what the models saw into who spoke when. No model runs here.
 *
 * @param context the PLDA model where the clustering is `vbx`
 * @throws InvalidInputError `invalid_option`
 */
export function resolve(
  observations: Observations,
  options: ResolutionOptions,
  context: ResolutionContext = {},
): Resolution {
  checkResolutionOptions(options);
  const bounds = resolveSpeakerBounds(options);

  const counts = countSpeakers(observations);
  if (maxCount(counts) === 0) return { turns: [], exclusiveTurns: [], speakers: [], warnings: [] };

  const local = measureLocalSpeakers(observations);
  const embeddings = embeddingMatrix(observations, local);
  const training = trainingRows(observations, local, options.minAloneShare);
  const chunks = training.map((row) => Math.floor(row / observations.localSpeakerCount));
  const clusters = clusterSpeakers(gatherRows(embeddings, training), chunks, options, bounds, context);
  const scores = scoreLocalSpeakers(observations, local, clusters.centroids);
  const assigned = assign(observations, local, clusters, scores, options);
  const votes = countVotes(observations, assigned, highest(assigned) + 1);
  const { activity, exclusiveActivity } = selectActive(votes, capCounts(counts, bounds.max), options);

  const segments = segmentsOf(observations, activity, options);
  const order = options.compatible ? orderAsText(segments) : orderByFirstSpeech(segments);
  return {
    turns: turnsOf(segments, order),
    exclusiveTurns: turnsOf(segmentsOf(observations, exclusiveActivity, options), order),
    speakers: order.map((cluster, index) => ({
      label: speakerLabel(index),
      centroid: centroidOf(clusters, cluster),
    })),
    warnings: warningsOf(order.length, bounds),
    stages: {
      counts,
      local,
      trainingRows: training,
      clusters,
      scores,
      assigned,
      votes,
      activity,
      exclusiveActivity,
    },
  };
}

function embeddingMatrix({ embeddings, embeddingDimension }: Observations, local: LocalSpeakers): Matrix {
  return { data: embeddings, rows: local.rowCount, columns: embeddingDimension };
}

function assign(
  observations: Observations,
  local: LocalSpeakers,
  clusters: SpeakerClusters,
  scores: Matrix<Float64Array>,
  { compatible, clustering }: ResolutionOptions,
): Int32Array {
  if (compatible) {
    const { localSpeakerCount } = observations;
    const inactiveLast = clustering.method === 'vbx';
    const assigned = assignLikePyannote(scores, local, localSpeakerCount, clusters, inactiveLast);
    return unassignInactive(assigned, local);
  }
  if (clusters.single) return unassignInactive(new Int32Array(local.rowCount), local);
  return assignSpeakers(observations, local, scores, clusters.constrained);
}

function selectActive(
  votes: FrameVotes,
  counts: Uint8Array,
  { compatible }: ResolutionOptions,
): { activity: FrameActivity; exclusiveActivity: FrameActivity } {
  if (compatible) {
    const activity = selectLikePyannote(votes, counts);
    return { activity, exclusiveActivity: selectLikePyannote(votes, capCounts(counts, 1)) };
  }
  const activity = selectSpeakers(votes, counts);
  return { activity, exclusiveActivity: selectSpeakers(votes, capCounts(counts, 1), activity) };
}

/** Segments of each cluster. */
function segmentsOf(
  observations: Observations,
  activity: FrameActivity,
  { compatible, minDurationOnSeconds, minDurationOffSeconds }: ResolutionOptions,
): Segment[][] {
  const endSeconds = compatible ? Infinity : samplesToSeconds(observations.sampleCount);
  return Array.from({ length: activity.speakerCount }, (_, cluster) =>
    binarize(activity, cluster, observations.frameGrid, {
      minDurationOnSeconds,
      minDurationOffSeconds,
      endSeconds,
    }),
  );
}

function turnsOf(segments: readonly (readonly Segment[])[], order: readonly number[]): Turn[] {
  return order
    .flatMap((cluster, index) =>
      (segments[cluster] ?? []).map((segment) => ({ ...segment, speaker: speakerLabel(index) })),
    )
    .sort(compareTurns);
}

/** pyannote gives additional speakers a centroid of zeros; here they have none. */
function centroidOf(
  { centroids: { data, rows, columns } }: SpeakerClusters,
  cluster: number,
): Float32Array | null {
  if (cluster >= rows) return null;
  const centroid = Float32Array.from(data.subarray(cluster * columns, (cluster + 1) * columns));
  return centroid.some(Number.isNaN) ? null : centroid;
}

function warningsOf(speakerCount: number, { min }: ResolvedBounds): ResolutionWarning[] {
  if (speakerCount >= min) return [];
  return [
    {
      code: 'fewer_speakers_than_asked',
      message: `Asked for at least ${min} speakers, found ${speakerCount}: there is too little speech to tell more apart.`,
    },
  ];
}

function highest(values: Int32Array): number {
  return values.reduce((largest, value) => Math.max(largest, value), -1);
}
