import type { Observations } from '../../core/resolution/observations.ts';

/** One local speaker: when it is active, and its embedding (`null`: too little speech for one). */
export type TinySpeaker = {
  readonly frames: readonly (readonly [first: number, end: number])[];
  readonly embedding: readonly number[] | null;
};

/** Chunk length, hop and frame length of tiny recordings: 10 frames of 1 s, a chunk every 5 frames. */
export const TINY = { framesPerChunk: 10, hopFrames: 5, dimension: 4, localSpeakerCount: 3 } as const;

/**
 * Observations that can be worked out by hand: frames of one second whose middle is at half a second, chunks of ten
 * frames that overlap by half.
 *
 * @param chunks local speakers of each chunk, three at most; frames are counted from the start of the chunk
 */
export function tinyObservations(
  chunks: readonly (readonly TinySpeaker[])[],
  sampleCount = (5 * (chunks.length - 1) + 10) * 16_000,
): Observations {
  const { framesPerChunk, hopFrames, dimension, localSpeakerCount } = TINY;
  const activity = new Uint8Array(chunks.length * framesPerChunk);
  const embeddings = new Float32Array(chunks.length * localSpeakerCount * dimension).fill(NaN);
  chunks.forEach((speakers, chunk) => {
    speakers.forEach(({ frames, embedding }, speaker) => {
      for (const [first, end] of frames) {
        for (let frame = first; frame < end; frame += 1)
          activity[chunk * framesPerChunk + frame]! |= 1 << speaker;
      }
      if (embedding) embeddings.set(embedding, (chunk * localSpeakerCount + speaker) * dimension);
    });
  });
  return {
    sampleCount,
    chunkCount: chunks.length,
    chunkSamples: framesPerChunk * 16_000,
    chunkHopSamples: hopFrames * 16_000,
    frameGrid: { startSeconds: 0, durationSeconds: 1, stepSeconds: 1 },
    framesPerChunk,
    localSpeakerCount,
    activity,
    embeddingDimension: dimension,
    embeddings,
  };
}

/** Four voices at right angles. */
export const ANNA = [1, 0, 0, 0] as const;
export const BERT = [0, 1, 0, 0] as const;
export const CORA = [0, 0, 1, 0] as const;
