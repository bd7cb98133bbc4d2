/** From observations to a diarization result; what `colloquy resolve` runs, without models. */
import type { Observations } from '../resolution/observations.ts';
import type { ResolutionOptions } from '../resolution/resolution-options.ts';
import { type ResolutionContext, resolve } from '../resolution/resolve.ts';
import type { SpeakerBounds } from '../resolution/speaker-bounds.ts';
import { samplesToSeconds } from '../timeline/sliding-window.ts';
import type { Turn } from '../timeline/turns.ts';
import {
  NO_SPEECH,
  type DiarizationResult,
  RESULT_SCHEMA_VERSION,
  type ResultWarning,
  type SpeakerSummary,
} from '../result/result.ts';
import type { DiarizationPreset } from './presets.ts';

/** What a caller may say about one recording. */
export type ResolveRecordingOptions = SpeakerBounds & {
  /** Turns shorter than this are dropped. @default what the preset says; 0 s unless it does */
  readonly minTurnSeconds?: number;
};

/** A result without the facts of the run (`models`, `provider`, `timings` are empty), and the speakers' centroids. */
export type ResolvedRecording = {
  readonly result: DiarizationResult;
  readonly centroids: ReadonlyMap<string, Float32Array>;
};

/**
 * Turns observations into a result, with other bounds as often as wanted.
 *
 * @throws InvalidInputError `invalid_option` for impossible or contradictory bounds
 */
export function resolveRecording(
  observations: Observations,
  preset: DiarizationPreset,
  options: ResolveRecordingOptions = {},
  context: ResolutionContext = {},
): ResolvedRecording {
  const { minTurnSeconds, ...bounds } = options;
  const resolutionOptions: ResolutionOptions = {
    ...preset.resolution,
    ...bounds,
    minDurationOnSeconds: minTurnSeconds ?? preset.resolution.minDurationOnSeconds,
  };
  const { turns, exclusiveTurns, speakers, warnings, speakerCountConfidence } = resolve(
    observations,
    resolutionOptions,
    context,
  );
  return {
    result: {
      schemaVersion: RESULT_SCHEMA_VERSION,
      durationSeconds: samplesToSeconds(observations.sampleCount),
      speakers: speakers.map(({ label }) => summarize(label, turns)),
      ...(speakerCountConfidence === undefined ? {} : { speakerCountConfidence }),
      turns,
      exclusiveTurns,
      models: [],
      provider: '',
      timings: {},
      warnings: [...warnings, ...noSpeechWarning(turns)],
    },
    centroids: new Map(
      speakers.flatMap(({ label, centroid }) => (centroid === null ? [] : [[label, centroid] as const])),
    ),
  };
}

/** A speaker's own turns never overlap, so their lengths add up to the union. */
function summarize(label: string, turns: readonly Turn[]): SpeakerSummary {
  const own = turns.filter(({ speaker }) => speaker === label);
  const speakingSeconds = own.reduce((sum, turn) => sum + turn.endSeconds - turn.startSeconds, 0);
  return { label, speakingSeconds, turnCount: own.length };
}

function noSpeechWarning(turns: readonly Turn[]): ResultWarning[] {
  return turns.length > 0 ? [] : [NO_SPEECH];
}
