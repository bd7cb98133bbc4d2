import { InvalidInputError } from '../errors.ts';
import { gatherRows } from '../math/vector.ts';
import type { Matrix } from '../math/matrix.ts';
import { assignLikePyannote, unassignInactive } from './assign/assign-like-pyannote.ts';
import { assignSpeakers } from './assign/assign-speakers.ts';
import {
  clusterSpeakers,
  type ClusteringContext,
  type SpeakerClusters,
  type TrainingSet,
} from './cluster-speakers.ts';
import { measureLocalSpeakers, trainingRows, type LocalSpeakers } from './local-speakers.ts';
import { makeTurns } from './turns/make-turns.ts';
import { speakerLabel } from './turns/name-speakers.ts';
import { observationsFault } from './check-observations.ts';
import type { Observations } from './observations.ts';
import {
  capCounts,
  countVotes,
  selectLikePyannote,
  selectSpeakers,
  type FrameActivity,
  type FrameVotes,
} from './turns/reconstruct.ts';
import type { Resolution, ResolutionStages, ResolutionWarning } from './resolution.ts';
import { findScaleSpeakers } from './scales/scale-speakers.ts';
import { checkResolutionOptions, type ResolutionOptions } from './resolution-options.ts';
import { scoreLocalSpeakers } from './assign/score-speakers.ts';
import { completeSpeakerBounds, type CompleteSpeakerBounds } from './speaker-bounds.ts';
import { countSpeakers, maxCount } from './speaker-count.ts';
import { labelCountOf } from '../math/extremes.ts';

/** What `resolve` needs besides observations and options. */
export type ResolutionContext = ClusteringContext;

/**
 * Turns what the models saw into who spoke when. No model runs here.
 *
 * @param context the PLDA model where the clustering is `vbx`
 * @throws InvalidInputError `invalid_option`, also for observations that do not fit together
 */
export function resolve(
  observations: Observations,
  options: ResolutionOptions,
  context: ResolutionContext = {},
): Resolution {
  checkResolutionOptions(options);
  requireObservations(observations);
  const bounds = completeSpeakerBounds(options);

  const counts = countSpeakers(observations);
  if (maxCount(counts) === 0) return { turns: [], exclusiveTurns: [], speakers: [], warnings: [] };

  const { local, training, clusters, scores } = findSpeakers(observations, options, bounds, context);
  const assigned = assign(observations, local, clusters, scores, options);
  const votes = countVotes(observations, assigned, labelCountOf(assigned));
  const selected = selectActive(votes, capCounts(counts, bounds.max), options);
  const stages = { counts, local, trainingRows: training, clusters, scores, assigned, votes, ...selected };
  const named = makeTurns(observations, stages, options);
  return {
    turns: named.turns,
    exclusiveTurns: named.exclusiveTurns,
    speakers: named.clusters.map((cluster, index) => ({
      label: speakerLabel(index),
      centroid: centroidOf(clusters, cluster),
    })),
    warnings: warningsOf(named.clusters.length, bounds),
    ...confidenceOf(clusters, bounds, named.clusters.length),
    stages,
  };
}

function requireObservations(observations: Observations): void {
  const fault = observationsFault(observations);
  if (fault === undefined) return;
  throw new InvalidInputError('invalid_option', `The observations do not fit together: ${fault}.`, {
    details: { option: 'observations' },
  });
}

/** The speakers of a recording, and how near each local speaker is to them. */
type FoundSpeakers = Pick<ResolutionStages, 'local' | 'clusters' | 'scores'> & {
  readonly training: Int32Array;
};

function findSpeakers(
  observations: Observations,
  options: ResolutionOptions,
  bounds: CompleteSpeakerBounds,
  context: ResolutionContext,
): FoundSpeakers {
  const { clustering } = options;
  if (clustering.method === 'nme-spectral') {
    return {
      ...findScaleSpeakers(observations, clustering, bounds, context.onTick),
      training: new Int32Array(0),
    };
  }
  refuseScales(observations);
  const local = measureLocalSpeakers(observations);
  const training = chooseTrainingRows(observations, local, options);
  const clusters = clusterSpeakers(
    trainingSet(observations, training),
    { ...options, clustering },
    bounds,
    context,
  );
  return { local, training, clusters, scores: scoreLocalSpeakers(observations, local, clusters.centroids) };
}

function refuseScales({ scales }: Observations): void {
  if (scales === undefined) return;
  throw new InvalidInputError(
    'invalid_option',
    'These observations hold segments of speech; only a preset that clusters them, such as meeting, can be chosen.',
    { details: { option: 'preset' } },
  );
}

/** Where fewer than two embeddings are good enough, all that there are have to do; pyannote gives up instead. */
function chooseTrainingRows(
  observations: Observations,
  local: LocalSpeakers,
  { compatible, minAloneShare }: ResolutionOptions,
): Int32Array {
  const rows = trainingRows(observations, local, minAloneShare);
  return compatible || rows.length > 1 ? rows : trainingRows(observations, local, 0);
}

function trainingSet(
  { embeddings, embeddingDimension, localSpeakerCount, chunkHopSamples, chunkSamples }: Observations,
  rows: Int32Array,
): TrainingSet {
  const all = {
    data: embeddings,
    rows: embeddings.length / embeddingDimension,
    columns: embeddingDimension,
  };
  return {
    vectors: gatherRows(all, rows),
    chunks: rows.map((row) => Math.floor(row / localSpeakerCount)),
    hopShare: chunkHopSamples / chunkSamples,
  };
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
  const oneAtATime = capCounts(counts, 1);
  if (compatible) {
    const activity = selectLikePyannote(votes, counts);
    return { activity, exclusiveActivity: selectLikePyannote(votes, oneAtATime) };
  }
  const activity = selectSpeakers(votes, counts);
  return { activity, exclusiveActivity: selectSpeakers(votes, oneAtATime, activity) };
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

function warningsOf(speakerCount: number, { min }: CompleteSpeakerBounds): ResolutionWarning[] {
  if (speakerCount >= min) return [];
  return [
    {
      code: 'fewer_speakers_than_asked',
      message: `Asked for at least ${min} speakers, found ${speakerCount}: there is too little speech to tell more apart.`,
    },
  ];
}

/** Of clusters that all became speakers with turns. */
function confidenceOf(
  { evidence }: SpeakerClusters,
  { exact }: CompleteSpeakerBounds,
  speakerCount: number,
): { readonly speakerCountConfidence?: number } {
  const confidence = evidence?.countConfidence;
  if (confidence === undefined || exact !== undefined) return {};
  const clusterCount = labelCountOf(evidence!.labels);
  return { speakerCountConfidence: speakerCount === clusterCount ? confidence : 0.5 };
}
