/** Voices of a stream while it goes on: what a window that ends now hears, told at once. */
import { SAMPLE_RATE } from '../timeline/sliding-window.ts';
import type { ChunkGeometry, SpeakerEncoder, StreamEncoder, VoiceWindow } from './speaker-encoder.ts';

/** Listens with any encoder: one that has no way of its own embeds each window anew. */
export function startStream(encoder: SpeakerEncoder, geometry: ChunkGeometry): StreamEncoder {
  return (
    encoder.startStream?.(geometry) ?? {
      push: () => undefined,
      hear: (window) =>
        Promise.resolve((local, seconds) => embedLocal(encoder, geometry, window, local, seconds)),
    }
  );
}

async function embedLocal(
  encoder: SpeakerEncoder,
  geometry: ChunkGeometry,
  window: VoiceWindow,
  local: number,
  seconds: number,
): Promise<Float32Array | undefined> {
  const recording = encoder.start(geometry);
  recording.push(window.samples.slice());
  recording.finish();
  const activity = othersTogether(activityOfLast(window.activity, geometry, seconds), local);
  const [first, rest] = [await recording.embed([{ startSample: 0, activity }]), await recording.rest()];
  const embeddings = first.length > 0 ? first : rest;
  const vector = embeddings.slice(local * encoder.dimension, (local + 1) * encoder.dimension);
  return vector.length === 0 || Number.isNaN(vector[0]) ? undefined : vector;
}

/** The activity of a window with nobody before its last seconds. */
export function activityOfLast(
  activity: Uint8Array,
  { chunkSamples, frameGrid }: ChunkGeometry,
  seconds: number,
): Uint8Array {
  if (seconds * SAMPLE_RATE >= chunkSamples) return activity;
  const frames = Math.min(activity.length, Math.round(seconds / frameGrid.stepSeconds));
  const last = new Uint8Array(activity.length);
  last.set(activity.subarray(activity.length - frames), activity.length - frames);
  return last;
}

/** Who is not asked for speaks together with somebody, so that no encoder spends work on it. */
function othersTogether(activity: Uint8Array, local: number): Uint8Array {
  const wanted = 1 << local;
  const others = 0b111 & ~wanted;
  return activity.map((bits) => (bits === 0 || (bits & wanted) !== 0 ? bits : others));
}
