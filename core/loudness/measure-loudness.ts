import { InvalidInputError, throwIfAborted } from '../errors.ts';
import { LevelMeter, type Levels } from './levels.ts';
import { LufsMeter } from './lufs.ts';
import { TruePeakMeter } from './true-peak.ts';
import { largestOf } from '../math/extremes.ts';
import { samplesToSeconds } from '../timeline/sliding-window.ts';

/** A recording at its own rate, interleaved, in blocks of whole frames. */
export type LoudnessSource = {
  readonly sampleRate: number;
  readonly channels: number;
  readonly blocks: AsyncIterable<Float32Array>;
};

/** How loud a recording is. Silence has minus infinity; a measure that needs a longer recording is undefined. */
export type Loudness = Levels & {
  readonly durationSeconds: number;
  readonly truePeakDbtp: number;
  readonly integratedLufs: number | undefined;
  readonly maxMomentaryLufs: number | undefined;
  readonly maxShortTermLufs: number | undefined;
  readonly loudnessRangeLu: number | undefined;
};

/**
 * Measures a recording as it streams by, at its own rate: resampling would take what is above 8 kHz away.
 *
 * @throws InvalidInputError `audio_too_short` without a single sample; `invalid_option` for a rate outside 4 to 768 kHz,
 *   or without channels
 * @throws CanceledError when the signal is aborted
 */
export async function measureLoudness(source: LoudnessSource, signal?: AbortSignal): Promise<Loudness> {
  const { sampleRate, channels } = source;
  const levelMeter = new LevelMeter();
  const lufsMeter = new LufsMeter({ sampleRate, channels });
  const truePeakMeter = new TruePeakMeter({ sampleRate, channels });
  let frameCount = 0;
  for await (const block of source.blocks) {
    throwIfAborted(signal);
    levelMeter.push(block);
    lufsMeter.push(block);
    truePeakMeter.push(block);
    frameCount += Math.floor(block.length / channels);
  }
  if (frameCount === 0)
    throw new InvalidInputError('audio_too_short', 'Expected a recording, got one without a single sample.');
  return {
    ...levelMeter.levels(),
    durationSeconds: samplesToSeconds(frameCount, sampleRate),
    truePeakDbtp: truePeakMeter.truePeakDbtp(),
    integratedLufs: lufsMeter.integratedLufs(),
    maxMomentaryLufs: largest(lufsMeter.momentaryLufs()),
    maxShortTermLufs: largest(lufsMeter.shortTermLufs()),
    loudnessRangeLu: lufsMeter.loudnessRangeLu(),
  };
}

function largest(values: Float64Array): number | undefined {
  return values.length === 0 ? undefined : largestOf(values);
}
