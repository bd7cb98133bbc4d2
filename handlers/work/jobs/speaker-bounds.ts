import type { ResolveRecordingOptions } from '../../../core/diarization/resolve-recording.ts';

/** What a job may say about the speakers and turns of a recording. */
export type WireSpeakerBounds = {
  readonly numSpeakers?: number | undefined;
  readonly minSpeakers?: number | undefined;
  readonly maxSpeakers?: number | undefined;
  readonly minDurationSeconds?: number | undefined;
};

/** The same in the words of the core. */
export function speakerBoundsOf(bounds: WireSpeakerBounds): ResolveRecordingOptions {
  const { minDurationSeconds, numSpeakers, minSpeakers, maxSpeakers } = bounds;
  return {
    ...(numSpeakers === undefined ? {} : { numSpeakers }),
    ...(minSpeakers === undefined ? {} : { minSpeakers }),
    ...(maxSpeakers === undefined ? {} : { maxSpeakers }),
    ...(minDurationSeconds === undefined ? {} : { minTurnSeconds: minDurationSeconds }),
  };
}
