import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import { compareTurns, type Segment, type Turn } from '../../timeline/turns.ts';
import { binarize } from './binarize.ts';
import { certaintyOfRows, confidenceOfSegments } from './confidence.ts';
import { orderAsText, orderByFirstSpeech, speakerLabel } from './name-speakers.ts';
import type { Observations } from '../observations.ts';
import type { FrameActivity } from './reconstruct.ts';
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
): NamedTurns {
  const { scores, assigned, activity, exclusiveActivity } = stages;
  const segments = segmentsOf(observations, activity, options);
  const exclusiveSegments = segmentsOf(observations, exclusiveActivity, options);
  const clusters = options.compatible ? orderAsText(segments) : orderByFirstSpeech(segments);
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
