import { InvalidInputError } from '../../errors.ts';

/** All channels as one, or one channel by its index, counted from 0. */
export type ChannelSelection = 'mix' | number;

/** @throws InvalidInputError `invalid_option` when the selection is neither `mix` nor a channel that exists */
export function checkChannelSelection(name: string, selection: ChannelSelection, channels: number): void {
  if (selection === 'mix') return;
  if (Number.isInteger(selection) && selection >= 0 && selection < channels) return;
  const range = channels === 1 ? 'only channel 0' : `channels 0 to ${channels - 1}`;
  throw new InvalidInputError(
    'invalid_option',
    `${name} has ${range}; channel ${String(selection)} was asked for. Choose one of them, or "mix".`,
    { details: { channels } },
  );
}

/**
 * One channel of interleaved frames.
 *
 * @param frames [frameCount, channels], row-major
 * @returns [frameCount], a fresh array
 */
export function takeChannel(frames: Float32Array, channels: number, channel: number): Float32Array {
  if (channels === 1) return frames.slice();
  const waveform = new Float32Array(frames.length / channels);
  for (let i = 0; i < waveform.length; i++) waveform[i] = frames[i * channels + channel]!;
  return waveform;
}
