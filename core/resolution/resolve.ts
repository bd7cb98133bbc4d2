import { InvalidInputError } from '../errors.ts';
import { gatherRows } from '../math/vector.ts';
import {
  clusterSpeakers,
  type ClusteringContext,
  type SpeakerClusters,
  type TrainingSet,
} from './cluster-speakers.ts';
import { measureLocalSpeakers } from './local-speakers.ts';
import { makeTurns } from './turns/make-turns.ts';
import { speakerLabel } from './turns/name-speakers.ts';
import { observationsFault } from './check-observations.ts';
import type { Observations } from './observations.ts';
import { policiesOf, type ResolutionPolicies } from './policies.ts';
import { capCounts, countVotes } from './turns/reconstruct.ts';
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

  const policies = policiesOf(options);
  const found = findSpeakers(observations, options, policies, bounds, context);
  const { local, training, clusters, scores } = found;
  const assigned = policies.assign(observations, local, clusters, scores, options);
  const votes = countVotes(observations, assigned, labelCountOf(assigned));
  const selected = policies.select(votes, capCounts(counts, bounds.max));
  const stages = { counts, local, trainingRows: training, clusters, scores, assigned, votes, ...selected };
  const named = makeTurns(observations, stages, options, policies);
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
  { trainingRowsOf, meetsWantedCount }: ResolutionPolicies,
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
  const training = trainingRowsOf(observations, local, options.minAloneShare);
  const clusters = clusterSpeakers(trainingSet(observations, training), { ...options, clustering }, bounds, {
    ...context,
    meetsWantedCount,
  });
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
