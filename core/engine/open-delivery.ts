import type { AudioWarning } from '../audio/audio-warning.ts';
import { openAudio } from '../audio/decode.ts';
import type { AudioSource } from '../audio/waveform.ts';
import { assert } from '../errors.ts';
import { SAMPLE_RATE } from '../timeline/sliding-window.ts';
import type { AudioDelivery } from './audio-request.ts';
import type { PushedChunks } from './pushed-chunks.ts';

/**
 * Opens the recording in the engine child.
 *
 * @throws SpeechError as `openAudio` does
 */
export async function openDelivery(
  delivery: AudioDelivery,
  pushed: PushedChunks,
  options: { readonly signal: AbortSignal; readonly onWarning: (warning: AudioWarning) => void },
): Promise<AudioSource> {
  assert(delivery.kind !== 'none', 'This task needs audio and was given none.');
  if (delivery.kind === 'samples') {
    return {
      blocks: pushed as AsyncIterable<Float32Array>,
      expectedSeconds: undefined,
      sourceSampleRate: SAMPLE_RATE,
      sourceChannels: 1,
      close: () => Promise.resolve(),
    };
  }
  const { name, channel, limits } = delivery.settings;
  const named = name === undefined ? {} : { name };
  const input =
    delivery.kind === 'path'
      ? { path: delivery.path, ...named }
      : { stream: pushed as AsyncIterable<Uint8Array>, ...named };
  return openAudio(input, { channel, limits, ...options });
}
