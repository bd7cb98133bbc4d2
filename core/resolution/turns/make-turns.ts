import { compareTurns, type Segment, type Turn } from '../../timeline/turns.ts';
import { binarize } from './binarize.ts';
import { certaintyOfRows, confidenceOfSegments } from './confidence.ts';
import { speakerLabel } from './name-speakers.ts';
import type { Observations } from '../observations.ts';
import type { FrameActivity } from './reconstruct.ts';
import type { ResolutionPolicies } from '../policies.ts';
import type { ResolutionStages } from '../resolution.ts';
import type { ResolutionOptions } from '../resolution-options.ts';

/** Both lists of turns, and the cluster behind each label: `clusters[0]` is SPEAKER_00. */
export type NamedTurns = {
  readonly turns: Turn[];
  readonly exclusiveTurns: Turn[];
  readonly clusters: readonly number[];
};

/** Turns decisions by frame into turns with names and confidences. */
export function makeTurns(
  observations: Observations,
  stages: Pick<ResolutionStages, 'scores' | 'assigned' | 'activity' | 'exclusiveActivity'>,
  options: ResolutionOptions,
  { orderClusters, latestEndSeconds }: Pick<ResolutionPolicies, 'orderClusters' | 'latestEndSeconds'>,
): NamedTurns {
  const { scores, assigned, activity, exclusiveActivity } = stages;
  const endSeconds = latestEndSeconds(observations);
  const segments = segmentsOf(observations, activity, endSeconds, options);
  const exclusiveSegments = segmentsOf(observations, exclusiveActivity, endSeconds, options);
  const clusters = orderClusters(segments);
  const certainty = certaintyOfRows(scores, assigned, options.confidenceSlope);

  const turnsOf = (segmentsByCluster: readonly (readonly Segment[])[]): Turn[] =>
    clusters
      .flatMap((cluster, index) => {
        const own = segmentsByCluster[cluster] ?? [];
        const confidences = confidenceOfSegments(observations, assigned, certainty, cluster, own);
        return own.map((segment, i) => ({
          ...segment,
          speaker: speakerLabel(index),
          confidence: confidences[i]!,
        }));
      })
      .sort(compareTurns);
  return { turns: turnsOf(segments), exclusiveTurns: turnsOf(exclusiveSegments), clusters };
}

/** Segments of each cluster. */
function segmentsOf(
  observations: Observations,
  activity: FrameActivity,
  endSeconds: number,
  { minDurationOnSeconds, minDurationOffSeconds }: ResolutionOptions,
): Segment[][] {
  return Array.from({ length: activity.speakerCount }, (_, cluster) =>
    binarize(activity, cluster, observations.frameGrid, {
      minDurationOnSeconds,
      minDurationOffSeconds,
      endSeconds,
    }),
  );
}
