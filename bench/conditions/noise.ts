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
    case 'music':
      return music(length, random);
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

const BEAT_SAMPLES = 8_000;
/** Formants of five vowels, Hz. @see Peterson and Barney, JASA 24, 1952 (men) */
const VOWELS = [
  [730, 1090, 2440],
  [270, 2290, 3010],
  [300, 870, 2240],
  [530, 1840, 2480],
  [570, 840, 2410],
] as const;

/** Chords of plucked strings, and a made-up voice that sings above them: a note and a vowel a beat, vibrato of 5.5 Hz. */
function music(length: number, random: Random): Float64Array {
  const out = new Float64Array(length);
  for (let start = 0; start < length; start += BEAT_SAMPLES) {
    const end = Math.min(length, start + BEAT_SAMPLES);
    const root = 110 * 2 ** (Math.floor(12 * random()) / 12);
    const strings = [root, root * 2 ** (4 / 12), root * 2 ** (7 / 12)];
    const note = 2 * root * 2 ** ([0, 2, 4, 7, 9][Math.floor(5 * random())]! / 12);
    const vowel = VOWELS[Math.floor(VOWELS.length * random())]!;
    for (let index = start; index < end; index++) {
      const seconds = (index - start) / 16_000;
      for (const hz of strings) {
        for (let harmonic = 1; harmonic <= 6; harmonic++)
          out[index]! +=
            (Math.exp(-4 * seconds) / harmonic) * Math.sin(2 * Math.PI * hz * harmonic * seconds);
      }
      const phase = 2 * Math.PI * note * seconds + 0.3 * Math.sin(2 * Math.PI * 5.5 * seconds);
      for (let harmonic = 1; harmonic * note < 4_000; harmonic++)
        out[index]! += 2 * formantGain(harmonic * note, vowel) * Math.sin(harmonic * phase);
    }
  }
  return out;
}

/** How much a vowel lets through: a resonance of 100 Hz at each formant. */
function formantGain(hz: number, formants: readonly number[]): number {
  return formants.reduce((sum, formant) => sum + 1 / (1 + ((hz - formant) / 100) ** 2), 0.02);
}

/** Random numbers that depend on a seed and a text. */
export function randomOf(seed: number, text: string): Random {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return createRandom(hash >>> 0);
}
