import type { AudioWarning } from '../../audio/audio-warning.ts';
import { openAudio } from '../../audio/decode.ts';
import { type LocalAudio, openPcm } from '../../audio/open-pcm.ts';
import type { PcmStream } from '../../audio/pcm-stream.ts';
import type { AudioStream } from '../../audio/waveform.ts';
import { assert } from '../../errors.ts';
import { SAMPLE_RATE } from '../../timeline/sliding-window.ts';
import type { AudioDelivery } from '../audio-request.ts';
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
): Promise<AudioStream> {
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
  const { channel, audioTrack, limits } = delivery.settings;
  return openAudio(inputOf(delivery, pushed), { channel, audioTrack, limits, ...options });
}

/**
 * The same at its own rate, with all its channels, whatever channel was chosen.
 *
 * @throws SpeechError as `openAudio` does
 */
export async function openPcmDelivery(
  delivery: AudioDelivery,
  pushed: PushedChunks,
  options: { readonly signal: AbortSignal; readonly onWarning: (warning: AudioWarning) => void },
): Promise<PcmStream> {
  assert(delivery.kind !== 'none', 'This task needs audio and was given none.');
  if (delivery.kind === 'samples') {
    const blocks = pushed as AsyncIterable<Float32Array>;
    const close = (): Promise<void> => Promise.resolve();
    return { sampleRate: SAMPLE_RATE, channels: 1, expectedSeconds: undefined, blocks, close };
  }
  const { audioTrack, limits } = delivery.settings;
  return openPcm(inputOf(delivery, pushed), { audioTrack, limits, ...options });
}

function inputOf(
  delivery: Exclude<AudioDelivery, { readonly kind: 'none' | 'samples' }>,
  pushed: PushedChunks,
): LocalAudio {
  const { name } = delivery.settings;
  const named = name === undefined ? {} : { name };
  return delivery.kind === 'path'
    ? { path: delivery.path, ...named }
    : { stream: pushed as AsyncIterable<Uint8Array>, ...named };
}
