import type { AudioWarning } from '../audio-warning.ts';
import type { PcmStream } from '../pcm-stream.ts';
import { ChannelMixer } from './channel-mixer.ts';

/** Shorter stretches of opposite phase change nothing that anybody would notice. */
const LEAST_TOLD_SECONDS = 1;

/** The same recording with all its channels as one. */
export function mixedPcm(
  pcm: PcmStream,
  options: { readonly name: string; readonly onWarning?: ((warning: AudioWarning) => void) | undefined },
): PcmStream {
  if (pcm.channels === 1) return pcm;
  const mixer = new ChannelMixer(pcm.channels, pcm.sampleRate);
  return { ...pcm, channels: 1, blocks: mixedBlocks(pcm, mixer, options) };
}

async function* mixedBlocks(
  { blocks }: PcmStream,
  mixer: ChannelMixer,
  { name, onWarning }: Parameters<typeof mixedPcm>[1],
): AsyncGenerator<Float32Array> {
  for await (const frames of blocks) {
    const mixed = mixer.push(frames);
    if (mixed.length > 0) yield mixed;
  }
  const rest = mixer.finish();
  if (rest.length > 0) yield rest;
  const warning = oppositeWarning(mixer, name);
  if (warning !== undefined) onWarning?.(warning);
}

/** Says that channels were turned over; `undefined` where they were not. */
export function oppositeWarning(
  { oppositeSeconds, mixedSeconds }: Pick<ChannelMixer, 'oppositeSeconds' | 'mixedSeconds'>,
  name: string,
): AudioWarning | undefined {
  if (oppositeSeconds === 0 || oppositeSeconds < Math.min(LEAST_TOLD_SECONDS, mixedSeconds / 2))
    return undefined;
  return {
    code: 'opposite_channels',
    message:
      `${name} has channels that are opposite in phase, for ${oppositeSeconds.toFixed(1)} s of ` +
      `${mixedSeconds.toFixed(1)} s; their mean would be silence, so that they were turned over where they are.`,
  };
}
