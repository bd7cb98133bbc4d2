/** What `compatible` decides, all in one place: pyannote's way with its faults, or ours without them. */
import type { Matrix } from '../math/matrix.ts';
import { samplesToSeconds } from '../timeline/sliding-window.ts';
import type { Segment } from '../timeline/turns.ts';
import { assignLikePyannote, unassignInactive } from './assign/assign-like-pyannote.ts';
import { assignSpeakers } from './assign/assign-speakers.ts';
import type { SpeakerClusters } from './cluster-speakers.ts';
import { trainingRows, type LocalSpeakers } from './local-speakers.ts';
import type { Observations } from './observations.ts';
import type { ResolutionOptions } from './resolution-options.ts';
import { orderAsText, orderByFirstSpeech } from './turns/name-speakers.ts';
import {
  capCounts,
  selectLikePyannote,
  selectSpeakers,
  type FrameActivity,
  type FrameVotes,
} from './turns/reconstruct.ts';

/** Who speaks in each frame: as many as were counted, and at most one. */
type SelectedSpeakers = { readonly activity: FrameActivity; readonly exclusiveActivity: FrameActivity };

/** The decisions of a resolution that can be taken in two ways. */
export type ResolutionPolicies = {
  /** Speech that is quiet is raised before the models hear it. */
  readonly raisesQuietSpeech: boolean;
  /** Embeddings that form clusters. */
  readonly trainingRowsOf: (
    observations: Observations,
    local: LocalSpeakers,
    minAloneShare: number,
  ) => Int32Array;
  /** Smaller clusters count, down to single embeddings, where the wanted number cannot be had otherwise. */
  readonly meetsWantedCount: boolean;
  /** Cluster of each local speaker. */
  readonly assign: (
    observations: Observations,
    local: LocalSpeakers,
    clusters: SpeakerClusters,
    scores: Matrix<Float64Array>,
    options: ResolutionOptions,
  ) => Int32Array;
  readonly select: (votes: FrameVotes, counts: Uint8Array) => SelectedSpeakers;
  /** Clusters in the order of their labels. */
  readonly orderClusters: (segments: readonly (readonly Segment[])[]) => number[];
  /** No turn ends later. */
  readonly latestEndSeconds: (observations: Observations) => number;
};

const LIKE_PYANNOTE: ResolutionPolicies = {
  raisesQuietSpeech: false,
  trainingRowsOf: trainingRows,
  meetsWantedCount: false,
  assign: (observations, local, clusters, scores, { clustering }) => {
    const inactiveLast = clustering.method === 'vbx';
    const { localSpeakerCount } = observations;
    return unassignInactive(
      assignLikePyannote(scores, local, localSpeakerCount, clusters, inactiveLast),
      local,
    );
  },
  select: (votes, counts) => ({
    activity: selectLikePyannote(votes, counts),
    exclusiveActivity: selectLikePyannote(votes, capCounts(counts, 1)),
  }),
  orderClusters: orderAsText,
  latestEndSeconds: () => Infinity,
};

const MENDED: ResolutionPolicies = {
  raisesQuietSpeech: true,
  // Where fewer than two embeddings are good enough, all that there are have to do; pyannote gives up instead.
  trainingRowsOf: (observations, local, minAloneShare) => {
    const rows = trainingRows(observations, local, minAloneShare);
    return rows.length > 1 ? rows : trainingRows(observations, local, 0);
  },
  meetsWantedCount: true,
  assign: (observations, local, clusters, scores) =>
    clusters.single
      ? unassignInactive(new Int32Array(local.rowCount), local)
      : assignSpeakers(observations, local, scores, clusters.constrained),
  select: (votes, counts) => {
    const activity = selectSpeakers(votes, counts);
    return { activity, exclusiveActivity: selectSpeakers(votes, capCounts(counts, 1), activity) };
  },
  orderClusters: orderByFirstSpeech,
  latestEndSeconds: ({ sampleCount }) => samplesToSeconds(sampleCount),
};

/** The way that a preset or a caller chose. */
export function policiesOf({ compatible }: Pick<ResolutionOptions, 'compatible'>): ResolutionPolicies {
  return compatible ? LIKE_PYANNOTE : MENDED;
}
