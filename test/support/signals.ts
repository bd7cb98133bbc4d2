/** Signals that tests generate: the same on every machine. */

/** A sine of amplitude `amplitude`, phase zero at sample zero. */
export function sine(
  frequencyHz: number,
  seconds: number,
  { sampleRate = 16_000, amplitude = 1 }: { sampleRate?: number; amplitude?: number } = {},
): Float32Array {
  const samples = new Float32Array(Math.round(seconds * sampleRate));
  for (let index = 0; index < samples.length; index++) {
    samples[index] = amplitude * Math.sin((2 * Math.PI * frequencyHz * index) / sampleRate);
  }
  return samples;
}

/** White noise, uniform in [-amplitude, amplitude), from xorshift32. */
export function noise(
  sampleCount: number,
  { seed = 20_240, amplitude = 1 }: { seed?: number; amplitude?: number } = {},
): Float32Array {
  const samples = new Float32Array(sampleCount);
  let state = seed >>> 0 || 1;
  for (let index = 0; index < sampleCount; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    samples[index] = amplitude * ((state >>> 0) / 2 ** 31 - 1);
  }
  return samples;
}

/** Signals one after the other. */
export function joined(...parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The signal cut at these places (any order, any value; out of range is the end). */
export function cutAt(samples: Float32Array, places: readonly number[]): Float32Array[] {
  const bounds = [
    0,
    ...places.map((place) => Math.min(place, samples.length)).sort((a, b) => a - b),
    samples.length,
  ];
  return bounds.slice(1).map((end, index) => samples.subarray(bounds[index], end));
}
