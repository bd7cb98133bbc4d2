import { InvalidInputError, throwIfAborted } from '../errors.ts';
import { type AudioLimits, checkAudioFormat, checkDuration } from './limits.ts';
import { maxBlockFrames, type PcmStream } from './pcm-stream.ts';
import { findBadSample } from './wav/sample-encoding.ts';
import { samplesToSeconds } from '../timeline/sliding-window.ts';

/**
 * Mono samples in memory, as a stream.
 *
 * @throws InvalidInputError `invalid_option`, `unsupported_audio` (rate), `audio_too_long`, `corrupt_audio` (no number)
 */
export function samplesStream(
  samples: Float32Array,
  sampleRate: number,
  options: { readonly name: string; readonly limits: AudioLimits; readonly signal?: AbortSignal | undefined },
): PcmStream {
  const { name, limits, signal } = options;
  if (!(samples instanceof Float32Array) || !Number.isInteger(sampleRate)) {
    throw new InvalidInputError(
      'invalid_option',
      'Samples must be a Float32Array with a whole number of Hz as sampleRate.',
    );
  }
  checkAudioFormat(name, 1, sampleRate, limits);
  checkDuration(name, samplesToSeconds(samples.length, sampleRate), limits);
  const bad = findBadSample(samples, samples.length, limits.maxSampleMagnitude);
  if (bad >= 0) {
    const atSeconds = samplesToSeconds(bad, sampleRate);
    throw new InvalidInputError(
      'corrupt_audio',
      `${name}: the sample at ${atSeconds.toFixed(4)} s is no usable number.`,
      {
        details: { atSeconds, channel: 0 },
      },
    );
  }
  return {
    sampleRate,
    channels: 1,
    expectedSeconds: samplesToSeconds(samples.length, sampleRate),
    blocks: cut(samples, maxBlockFrames(sampleRate, 1), signal),
    close: () => Promise.resolve(),
  };
}

async function* cut(
  samples: Float32Array,
  length: number,
  signal?: AbortSignal,
): AsyncGenerator<Float32Array> {
  for (let offset = 0; offset < samples.length; offset += length) {
    throwIfAborted(signal);
    yield await Promise.resolve(samples.subarray(offset, offset + length));
  }
}
