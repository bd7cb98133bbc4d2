import { type Loudness, measureLoudness } from '../loudness/measure-loudness.ts';
import { RESULT_SCHEMA_VERSION, type ResultFacts } from '../result/result.ts';
import { cutRange, type TimeRange } from '../audio/time-range.ts';
import type { TaskContext } from './task.ts';

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
export async function measureLoudnessOf(
  { options }: LoudnessInput,
  context: TaskContext,
): Promise<LoudnessTaskResult> {
  const { sampleRate, channels, expectedSeconds, blocks, close } = await context.openPcm();
  const started = performance.now();
  const total = options.range?.endSeconds ?? expectedSeconds ?? null;
  let heard = 0;
  async function* told(): AsyncGenerator<Float32Array> {
    for await (const block of blocks) {
      heard += block.length / channels / sampleRate;
      context.progress({ stage: 'measure', done: heard, total });
      yield block;
    }
  }
  const inRange =
    options.range === undefined ? told() : cutRange(told(), options.range, sampleRate, channels);
  const source = { sampleRate, channels, blocks: inRange };
  const loudness = await measureLoudness(source, context.signal).finally(close);
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    durationSeconds: loudness.durationSeconds,
    ...measuresOf(loudness),
    models: [],
    provider: context.provider,
    timings: { measureSeconds: (performance.now() - started) / 1000 },
    warnings: [...context.warnings()],
  };
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
