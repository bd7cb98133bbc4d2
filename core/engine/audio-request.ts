import { resolve } from 'node:path';
import type { ChannelSelection } from '../audio/mix/channel-selection.ts';
import type { AudioLimits } from '../audio/limits.ts';

/** How the recording of a job is read. */
export type AudioSettings = {
  /** What messages call it; the file name when absent. */
  readonly name?: string | undefined;
  /** The mean of all channels, or one of them, counted from 0. @default 'mix' */
  readonly channel?: ChannelSelection | undefined;
  /** Which audio track of several, counted from 0. @default the default track, else the first */
  readonly audioTrack?: number | undefined;
  readonly limits?: Partial<AudioLimits> | undefined;
};

/** The recording of a job: a local file, the bytes of one as they come, or 16 kHz mono samples as they come. */
export type AudioRequest =
  | (AudioSettings & { readonly path: string })
  | (AudioSettings & { readonly stream: AsyncIterable<Uint8Array> })
  | { readonly samples: AsyncIterable<Float32Array> };

/** A piece of pushed audio: bytes of a file, or 16 kHz mono samples. */
export type AudioChunk = Uint8Array | Float32Array;

/** How it crosses the process border: streams are pushed chunk by chunk. */
export type AudioDelivery =
  | { readonly kind: 'none' }
  | { readonly kind: 'path'; readonly path: string; readonly settings: AudioSettings }
  | { readonly kind: 'stream'; readonly settings: AudioSettings }
  | { readonly kind: 'samples' };

/** Splits a request into what is told at once and what is pushed. */
export function deliveryOf(audio: AudioRequest | undefined): {
  readonly delivery: AudioDelivery;
  readonly chunks: AsyncIterable<AudioChunk> | undefined;
} {
  if (audio === undefined) return { delivery: { kind: 'none' }, chunks: undefined };
  if ('samples' in audio) return { delivery: { kind: 'samples' }, chunks: audio.samples };
  const { name, channel, audioTrack, limits } = audio;
  const settings = { name, channel, audioTrack, limits };
  if ('stream' in audio) return { delivery: { kind: 'stream', settings }, chunks: audio.stream };
  // The child may have been started in another folder than this process is in now.
  return { delivery: { kind: 'path', path: resolve(audio.path), settings }, chunks: undefined };
}
