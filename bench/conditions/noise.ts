/** Noise of a kind, as long as asked for; its level means nothing. */
import { createRandom, type Random } from '../../core/math/random.ts';
import type { NoiseName } from './conditions.ts';
import { activePower } from './levels.ts';

const TALKERS = 8;

/** @param talkers utterances that babble is made of */
export function makeNoise(
  kind: NoiseName,
  length: number,
  random: Random,
  talkers: readonly Float32Array[],
): Float64Array {
  switch (kind) {
    case 'white':
      return Float64Array.from({ length }, () => gaussian(random));
    case 'pink':
      return pink(length, random);
    case 'hum':
      return hum(length, random);
    case 'babble':
      return babble(length, random, talkers);
  }
}

/** One number of a normal distribution: Box and Muller. */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** 3 dB less an octave: white noise through three poles. @see P. Kellet's filter, musicdsp.org archive 76 */
function pink(length: number, random: Random): Float64Array {
  const state = [0, 0, 0];
  return Float64Array.from({ length }, () => {
    const white = gaussian(random);
    state[0] = 0.99765 * state[0]! + white * 0.099046;
    state[1] = 0.963 * state[1]! + white * 0.2965164;
    state[2] = 0.57 * state[2]! + white * 1.0526913;
    return state[0] + state[1] + state[2] + white * 0.1848;
  });
}

/** 50 Hz and harmonics. */
function hum(length: number, random: Random): Float64Array {
  const out = new Float64Array(length);
  for (const [harmonic, height] of [
    [1, 1],
    [2, 0.5],
    [3, 0.6],
    [5, 0.3],
    [7, 0.2],
    [9, 0.1],
  ] as const) {
    const phase = 2 * Math.PI * random();
    for (let index = 0; index < length; index++)
      out[index]! += height * Math.sin((2 * Math.PI * 50 * harmonic * index) / 16_000 + phase);
  }
  return out;
}

/** Eight people, each an utterance again and again from somewhere in it. */
function babble(length: number, random: Random, talkers: readonly Float32Array[]): Float64Array {
  const out = new Float64Array(length);
  const left = [...talkers];
  for (let talker = 0; talker < TALKERS && left.length > 0; talker++) {
    const [voice] = left.splice(Math.floor(random() * left.length), 1) as [Float32Array];
    const gain = 1 / Math.sqrt(activePower(voice));
    const start = Math.floor(random() * voice.length);
    for (let index = 0; index < length; index++) out[index]! += gain * voice[(start + index) % voice.length]!;
  }
  return out;
}

/** Random numbers that depend on a seed and a text. */
export function randomOf(seed: number, text: string): Random {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return createRandom(hash >>> 0);
}
