import { createRandom, type Random } from '../../core/math/random.ts';
import type { Observations } from '../../core/resolution/observations.ts';

/**
 * Observations of made-up recordings with known speakers: turns of log-normal length, now and then two people at
 * once. Each embedding is the speaker's voice plus noise that overlapping chunks share to the extent that they overlap,
 * as with real audio.
 */

/** Of voices where nothing else is asked for: GE2E's. */
const DIMENSION = 256;
const FRAMES_PER_CHUNK = 589;
const FRAME_SECONDS = 0.016875;
const CHUNK_SECONDS = 10;
/**
 * Noise with which embeddings lie as far from their centroid as in the recorded conversation `pyannote-ge2e/five-speakers`: mean cosine
 * 0.95 for a whole chunk of speech, 0.83 for a quarter of one, 0.66 for a thirteenth.
 */
export const REAL_NOISE = 0.34;

/** A recording with known speakers. */
export type MadeUpRecording = { readonly observations: Observations; readonly truth: Int32Array };

export type MadeUpOptions = {
  readonly seconds: number;
  /** [speakerCount][dimension], of unit length. */
  readonly voices: readonly Float64Array[];
  /** Length of the noise, as a multiple of the length of a voice, for a whole chunk of speech. */
  readonly noise: number;
  readonly seed: number;
};

/** @returns observations, and the true speaker of each row of local speakers (-1: inactive) */
export function makeUpRecording({ seconds, voices, noise, seed }: MadeUpOptions): MadeUpRecording {
  const random = createRandom(seed);
  const speaking = makeUpTurns(seconds, voices.length, random);
  const chunkCount = Math.max(1, Math.ceil(seconds - CHUNK_SECONDS) + 1);
  const activity = new Uint8Array(chunkCount * FRAMES_PER_CHUNK);
  const dimension = voices[0]!.length;
  const embeddings = new Float32Array(chunkCount * 3 * dimension).fill(NaN);
  const truth = new Int32Array(chunkCount * 3).fill(-1);
  const noises = new SlidingNoise(voices.length, dimension, random);
  for (let chunk = 0; chunk < chunkCount; chunk += 1) {
    const locals: number[] = [];
    for (let frame = 0; frame < FRAMES_PER_CHUNK; frame += 1) {
      const bits = speaking[Math.round(chunk / FRAME_SECONDS) + frame] ?? 0;
      for (let speaker = 0; speaker < voices.length; speaker += 1) {
        if (!((bits >> speaker) & 1)) continue;
        if (!locals.includes(speaker) && locals.length < 3) locals.push(speaker);
        const local = locals.indexOf(speaker);
        if (local >= 0) activity[chunk * FRAMES_PER_CHUNK + frame]! |= 1 << local;
      }
    }
    locals.forEach((speaker, local) => {
      const row = chunk * 3 + local;
      truth[row] = speaker;
      let frames = 0;
      for (let frame = 0; frame < FRAMES_PER_CHUNK; frame += 1) {
        frames += (activity[chunk * FRAMES_PER_CHUNK + frame]! >> local) & 1;
      }
      if (frames < 12) return;
      // Less speech, more noise.
      const scale = noise * Math.sqrt(FRAMES_PER_CHUNK / frames);
      const own = noises.at(speaker, chunk);
      for (let i = 0; i < dimension; i += 1) {
        embeddings[row * dimension + i] = voices[speaker]![i]! + scale * own[i]!;
      }
    });
  }
  return {
    truth,
    observations: {
      sampleCount: Math.round(seconds * 16_000),
      chunkCount,
      chunkSamples: CHUNK_SECONDS * 16_000,
      chunkHopSamples: 16_000,
      frameGrid: { startSeconds: 0, durationSeconds: 0.0619375, stepSeconds: FRAME_SECONDS },
      framesPerChunk: FRAMES_PER_CHUNK,
      localSpeakerCount: 3,
      activity,
      embeddingDimension: dimension,
      embeddings,
    },
  };
}

/** Who speaks in each frame, as bits. */
function makeUpTurns(seconds: number, speakerCount: number, random: Random): Uint32Array {
  const frames = new Uint32Array(Math.ceil((seconds + CHUNK_SECONDS) / FRAME_SECONDS));
  let speaker = 0;
  let time = 0;
  while (time < seconds) {
    const length = Math.exp(1 + 0.8 * gaussian(random));
    const end = Math.min(seconds, time + length);
    for (let frame = Math.floor(time / FRAME_SECONDS); frame < end / FRAME_SECONDS; frame += 1) {
      frames[frame]! |= 1 << speaker;
    }
    // A tenth of the turns begins before the last one ends.
    time = end + (random() < 0.1 ? -0.3 * length : 0.2 + 0.5 * random());
    speaker = (speaker + 1 + Math.floor(random() * (speakerCount - 1))) % speakerCount;
  }
  return frames;
}

/** Noise of unit length per speaker; that of chunks which overlap is correlated to the extent of the overlap. */
class SlidingNoise {
  private readonly seconds = new Map<string, Float64Array>();
  private readonly random: Random;
  private readonly speakerCount: number;
  private readonly dimension: number;

  constructor(speakerCount: number, dimension: number, random: Random) {
    this.speakerCount = speakerCount;
    this.dimension = dimension;
    this.random = random;
  }

  at(speaker: number, chunk: number): Float64Array {
    const sum = new Float64Array(this.dimension);
    for (let second = chunk; second < chunk + CHUNK_SECONDS; second += 1) {
      const part = this.second(speaker, second);
      for (let i = 0; i < this.dimension; i += 1) sum[i]! += part[i]!;
    }
    for (let other = 0; other < this.speakerCount; other += 1) this.seconds.delete(`${other} ${chunk - 1}`);
    return sum;
  }

  private second(speaker: number, second: number): Float64Array {
    const key = `${speaker} ${second}`;
    let part = this.seconds.get(key);
    if (part === undefined) {
      const scale = 1 / Math.sqrt(CHUNK_SECONDS * this.dimension);
      part = Float64Array.from({ length: this.dimension }, () => scale * gaussian(this.random));
      this.seconds.set(key, part);
    }
    return part;
  }
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Random voices, each of unit length. */
export function randomVoices(count: number, seed: number, dimension = DIMENSION): Float64Array[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () =>
    unit(Float64Array.from({ length: dimension }, () => gaussian(random))),
  );
}

export function unit(vector: Float64Array): Float64Array {
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

/** Share of rows on which two labelings agree, with labels paired greedily by common rows. */
export function agreement(one: Int32Array, other: Int32Array): number {
  const common = new Map<string, number>();
  for (let i = 0; i < one.length; i += 1) {
    const key = `${one[i]!} ${other[i]!}`;
    common.set(key, (common.get(key) ?? 0) + 1);
  }
  const usedOne = new Set<string>();
  const usedOther = new Set<string>();
  let agreed = 0;
  for (const [key, count] of [...common].sort((a, b) => b[1] - a[1])) {
    const [left, right] = key.split(' ') as [string, string];
    if (usedOne.has(left) || usedOther.has(right)) continue;
    usedOne.add(left);
    usedOther.add(right);
    agreed += count;
  }
  return agreed / one.length;
}
