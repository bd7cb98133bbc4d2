import { type LocalAudio, inputName, openPcm, type OpenPcmOptions } from './open-pcm.ts';
import { type ChannelSelection, checkChannelSelection } from './mix/channel-selection.ts';
import { mixedPcm } from './mix/mixed-pcm.ts';
import { toCoreRate } from './resample/to-core-rate.ts';
import type { AudioBlocks, AudioStream } from './waveform.ts';

/** How a recording is opened: channel, limits, cancellation, decoder. */
export type OpenAudioOptions = OpenPcmOptions & {
  /** The mean of all channels (opposite ones turned over), or one of them, counted from 0. @default 'mix' */
  readonly channel?: ChannelSelection | undefined;
};

/**
 * Opens any recording as 16 kHz mono blocks.
 *
 * Plain WAV is read here; all else goes to the decoder (ffmpeg, behind `AudioDecoder`). Mixing and resampling are
 * the same for both. Memory is a few blocks, whatever the length. The content decides what a file is, never its name.
 *
 * Headers are checked before this returns; errors further in come from the iteration of `blocks`.
 *
 * @throws InputUnavailableError `file_not_found`, `file_not_readable`, `audio_unreachable` (a stream that broke off)
 * @throws InvalidInputError `unsupported_audio`, `corrupt_audio`, `audio_too_short`, `audio_too_long`,
 *   `audio_too_large`, `invalid_option`
 * @throws DependencyError `dependency_missing` when the format needs ffmpeg and there is none
 * @throws CapacityError `overloaded`, `out_of_memory`; CanceledError or the reason of the signal
 */
export async function openAudio(input: LocalAudio, options: OpenAudioOptions = {}): Promise<AudioStream> {
  const name = inputName(input);
  const channel = options.channel ?? 'mix';
  const pcm = await openPcm(input, options);
  try {
    checkChannelSelection(name, channel, pcm.channels);
  } catch (error) {
    await pcm.close();
    throw error;
  }
  const { signal, onWarning } = options;
  const [heard, index] = channel === 'mix' ? [mixedPcm(pcm, { name, onWarning }), 0] : [pcm, channel];
  return {
    blocks: first(toCoreRate(heard, [index], { name, signal })),
    expectedSeconds: pcm.expectedSeconds,
    sourceSampleRate: pcm.sampleRate,
    sourceChannels: pcm.channels,
    close: pcm.close,
  };
}

async function* first(blocks: AsyncIterable<readonly Float32Array[]>): AudioBlocks {
  for await (const [block] of blocks) yield block!;
}
