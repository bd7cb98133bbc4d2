/** From a recording with all its channels to one transcript. */
import { channelsOf } from '../../audio/channels.ts';
import { ChannelMixer } from '../../audio/mix/channel-mixer.ts';
import { oppositeWarning } from '../../audio/mix/mixed-pcm.ts';
import type { PcmStream } from '../../audio/pcm-stream.ts';
import type { TranscriptResult } from '../../result/result.ts';
import { SAMPLE_RATE } from '../../timeline/sliding-window.ts';
import { transcribe, type TranscriptionOptions } from '../transcribe.ts';
import type { TranscriptionModels } from '../transcription-models.ts';
import { type ChannelBlocks, detectOneSpeakerAChannel, mixChannels } from './channel-layout.ts';
import { transcribeChannels, type TranscribeChannelsContext } from './transcribe-channels.ts';

/** All channels as one, one speaker a channel, or whichever it turns out to be. */
export const CHANNEL_MODES = ['mix', 'split', 'auto'] as const;
/** One of `CHANNEL_MODES`. */
export type ChannelMode = (typeof CHANNEL_MODES)[number];

/**
 * Transcribes a recording by its channels: `split` takes each for a speaker of its own, `mix` takes their mean and tells
 * speakers apart by voice, `auto` listens to the first two minutes and decides.
 *
 * @param pcm is read to its end and closed
 * @throws InvalidInputError, ModelError, CanceledError as `transcribe` does
 */
export async function transcribePcm(
  pcm: PcmStream,
  mode: ChannelMode,
  models: TranscriptionModels,
  options: TranscriptionOptions,
  context: TranscribeChannelsContext,
): Promise<TranscriptResult> {
  const { channels: channelCount, expectedSeconds, sampleRate, close } = pcm;
  const { isSplit, blocks } = await layoutOf(pcm, mode, context.signal);
  if (isSplit) {
    return transcribeChannels({ blocks, channelCount, expectedSeconds }, models, options, context);
  }
  const mixer = new ChannelMixer(channelCount, SAMPLE_RATE);
  const { result } = await transcribe(
    {
      blocks: channelCount === 1 ? onlyChannel(blocks) : mixChannels(blocks, mixer),
      expectedSeconds,
      sourceSampleRate: sampleRate,
      sourceChannels: channelCount,
      close,
    },
    models,
    options,
    { ...context, onText: context.onText && ((text) => context.onText?.(text, null)) },
  );
  const opposite = oppositeWarning(mixer, 'The recording');
  return opposite === undefined ? result : { ...result, warnings: [opposite, ...result.warnings] };
}

async function* onlyChannel(blocks: ChannelBlocks): AsyncGenerator<Float32Array> {
  for await (const [channel] of blocks) yield channel!;
}

async function layoutOf(
  pcm: PcmStream,
  mode: ChannelMode,
  signal: AbortSignal | undefined,
): Promise<{ readonly isSplit: boolean; readonly blocks: ChannelBlocks }> {
  const blocks = channelsOf(pcm, { name: 'The recording', signal });
  if (mode === 'auto') return detectOneSpeakerAChannel(blocks, pcm.channels);
  return { isSplit: mode === 'split', blocks };
}
