import { defined } from '../../../core/defined.ts';
import type { ResolveRecordingOptions } from '../../../core/diarization/resolve-recording.ts';

/** What a job may say about the speakers and turns of a recording. */
export type SpeakerBoundsOptions = {
  readonly numSpeakers?: number | undefined;
  readonly minSpeakers?: number | undefined;
  readonly maxSpeakers?: number | undefined;
  readonly minDurationSeconds?: number | undefined;
};

/** The same in the words of the core. */
export function speakerBoundsOf(options: SpeakerBoundsOptions): ResolveRecordingOptions {
  const { minDurationSeconds, numSpeakers, minSpeakers, maxSpeakers } = options;
  return defined({ numSpeakers, minSpeakers, maxSpeakers, minTurnSeconds: minDurationSeconds });
}
