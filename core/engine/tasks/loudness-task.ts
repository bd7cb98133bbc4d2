import { type Loudness, measureLoudness } from '../../loudness/measure-loudness.ts';
import { RESULT_SCHEMA_VERSION, type ResultFacts } from '../../result/result.ts';
import { cutRange, type TimeRange } from '../../audio/time-range.ts';
import { counted } from './counted.ts';
import type { TaskContext } from './task.ts';
import { workOnRecording } from './work-on-recording.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';

export type LoudnessInput = { readonly options: { readonly range?: TimeRange | undefined } };

/** How loud a recording is; null where it is silent, or too short for a measure. */
export type LoudnessTaskResult = ResultFacts & {
  readonly rmsDbfs: number | null;
  readonly peakDbfs: number | null;
  readonly truePeakDbtp: number | null;
  readonly integratedLufs: number | null;
  readonly maxMomentaryLufs: number | null;
  readonly maxShortTermLufs: number | null;
  readonly loudnessRangeLu: number | null;
  /** Mean absolute sample on the scale of 16-bit integers: what diglett calls `db`. */
  readonly meanAbsolute: number;
};

/** Measures the recording of the job at its own rate, all channels together. */
export function measureLoudnessOf(
  { options: { range } }: LoudnessInput,
  context: TaskContext,
): Promise<LoudnessTaskResult> {
  return workOnRecording(context, {
    open: context.openPcm,
    load: () => Promise.resolve(),
    work: async ({ sampleRate, channels, expectedSeconds, blocks }) => {
      const { signal, progress, now, provider } = context;
      const started = now();
      const total = range?.endSeconds ?? expectedSeconds ?? null;
      let readSeconds = 0;
      const all = counted(blocks, (samples) => {
        readSeconds += samplesToSeconds(samples / channels, sampleRate);
        progress({ stage: 'measure', done: readSeconds, total });
      });
      const inRange = range === undefined ? all : cutRange(all, range, sampleRate, channels);
      const loudness = await measureLoudness({ sampleRate, channels, blocks: inRange }, signal);
      return {
        schemaVersion: RESULT_SCHEMA_VERSION,
        durationSeconds: loudness.durationSeconds,
        ...measuresOf(loudness),
        models: [],
        provider,
        timings: { measureSeconds: now() - started },
        warnings: [],
      };
    },
  });
}

function measuresOf(loudness: Loudness) {
  return {
    rmsDbfs: finite(loudness.rmsDbfs),
    peakDbfs: finite(loudness.peakDbfs),
    truePeakDbtp: finite(loudness.truePeakDbtp),
    integratedLufs: finite(loudness.integratedLufs),
    maxMomentaryLufs: finite(loudness.maxMomentaryLufs),
    maxShortTermLufs: finite(loudness.maxShortTermLufs),
    loudnessRangeLu: finite(loudness.loudnessRangeLu),
    meanAbsolute: loudness.meanAbsolute16Bit,
  };
}

/** JSON has no minus infinity. */
function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
