/** The voice of one local speaker of a window, by any encoder. */
import type { ChunkGeometry, SpeakerEncoder } from '../../embedding/speaker-encoder.ts';

/**
 * @param activity of the window, bit s where local speaker s is active
 * @returns a vector of the encoder's space; undefined where there is too little speech of this one alone
 */
export async function embedLocal(
  encoder: SpeakerEncoder,
  geometry: ChunkGeometry,
  window: { readonly samples: Float32Array; readonly activity: Uint8Array },
  local: number,
): Promise<Float32Array | undefined> {
  const recording = encoder.start(geometry);
  recording.push(window.samples.slice());
  recording.finish();
  const chunk = { startSample: 0, activity: othersTogether(window.activity, local) };
  const [first, rest] = [await recording.embed([chunk]), await recording.rest()];
  const embeddings = first.length > 0 ? first : rest;
  const vector = embeddings.slice(local * encoder.dimension, (local + 1) * encoder.dimension);
  return vector.length === 0 || Number.isNaN(vector[0]) ? undefined : vector;
}

/** Who is not asked for speaks together with somebody, so that no encoder spends work on it. */
function othersTogether(activity: Uint8Array, local: number): Uint8Array {
  const wanted = 1 << local;
  const others = 0b111 & ~wanted;
  return activity.map((bits) => (bits === 0 || (bits & wanted) !== 0 ? bits : others));
}
