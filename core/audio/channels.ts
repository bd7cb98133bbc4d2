import { inputName, openPcm, type LocalAudio, type OpenPcmOptions } from './open-pcm.ts';
import { toCoreRate } from './resample/to-core-rate.ts';
import type { AudioStream } from './waveform.ts';

/** A recording whose channels are kept apart, for instance one speaker on each side of a telephone call. */
export type ChannelsSource = Omit<AudioStream, 'blocks'> & {
  /** For each block one fresh array of 16 kHz samples per channel, all equally long, at most one second. */
  readonly blocks: AsyncIterable<readonly Float32Array[]>;
};

/**
 * Opens all channels of a recording at once, in one pass over its bytes.
 *
 * @throws SpeechError as `openAudio` does
 */
export async function openChannels(input: LocalAudio, options: OpenPcmOptions = {}): Promise<ChannelsSource> {
  const pcm = await openPcm(input, options);
  const selections = Array.from({ length: pcm.channels }, (_, channel) => channel);
  return {
    blocks: toCoreRate(pcm, selections, { name: inputName(input), signal: options.signal }),
    expectedSeconds: pcm.expectedSeconds,
    sourceSampleRate: pcm.sampleRate,
    sourceChannels: pcm.channels,
    close: pcm.close,
  };
}
