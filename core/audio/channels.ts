import { inputName, openPcm, type LocalAudio, type OpenPcmOptions } from './open-pcm.ts';
import type { PcmStream } from './pcm-stream.ts';
import { toCoreRate } from './resample/to-core-rate.ts';
import type { AudioStream } from './waveform.ts';

/** A recording whose channels are kept apart, for instance one speaker on each side of a telephone call. */
export type ChannelsStream = Omit<AudioStream, 'blocks'> & {
  /** For each block one fresh array of 16 kHz samples per channel, all equally long, at most one second. */
  readonly blocks: AsyncIterable<readonly Float32Array[]>;
};

/** All channels of a recording at 16 kHz; closes it in the end. */
export function channelsOf(
  pcm: PcmStream,
  options: { readonly name: string; readonly signal?: AbortSignal | undefined },
): AsyncIterable<readonly Float32Array[]> {
  const channels = Array.from({ length: pcm.channels }, (_, channel) => channel);
  return toCoreRate(pcm, channels, options);
}

/**
 * Opens all channels of a recording at once, in one pass over its bytes.
 *
 * @throws SpeechError as `openAudio` does
 */
export async function openChannels(input: LocalAudio, options: OpenPcmOptions = {}): Promise<ChannelsStream> {
  const pcm = await openPcm(input, options);
  return {
    blocks: channelsOf(pcm, { name: inputName(input), signal: options.signal }),
    expectedSeconds: pcm.expectedSeconds,
    sourceSampleRate: pcm.sampleRate,
    sourceChannels: pcm.channels,
    close: pcm.close,
  };
}
