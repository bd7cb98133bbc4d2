/** Which frames of which pieces a local speaker of a chunk is pooled from. */
import { FBANK_HOP_SAMPLES } from '../chunk-fbank.ts';
import { runsOf, type TrunkStatistics } from '../masked-pooling.ts';
import type { ChunkGeometry, EncoderChunk } from '../speaker-encoder.ts';
import { frameNearest } from '../speaker-frames.ts';
import { frameCentredFrom, frameMiddleSample } from './stretch-finder.ts';

/** A piece of one speaker, through the trunk. */
export type TrunkPiece = {
  /** Its first fbank frame. */
  readonly startFrame: number;
  /** Frames of the trunk: half as many as of fbank, rounded up. */
  readonly frameCount: number;
  readonly output: Promise<TrunkStatistics>;
};

/** CAM++ halves the frame rate: its frames are centred on every second frame of fbank. */
const TRUNK_HOP_SAMPLES = 2 * FBANK_HOP_SAMPLES;

/**
 * Trunk frames of a piece inside a chunk in which the chunk hears this local speaker alone.
 *
 * @returns half-open runs, `[from, to, from, to …]`
 */
export function framesAlone(
  piece: Pick<TrunkPiece, 'startFrame' | 'frameCount'>,
  chunk: EncoderChunk,
  speaker: number,
  geometry: ChunkGeometry,
): number[] {
  const firstSample = frameMiddleSample(piece.startFrame) - chunk.startSample;
  const lastSample = firstSample + (piece.frameCount - 1) * TRUNK_HOP_SAMPLES;
  if (firstSample >= geometry.chunkSamples || lastSample < 0) return [];
  const mask = new Uint8Array(piece.frameCount);
  for (let frame = 0; frame < piece.frameCount; frame++) {
    const sample = firstSample + frame * TRUNK_HOP_SAMPLES;
    if (sample < 0 || sample >= geometry.chunkSamples) continue;
    if (chunk.activity[frameNearest(geometry, sample)] === 1 << speaker) mask[frame] = 1;
  }
  return runsOf(mask);
}

/** True where all stretches of a chunk are known once those before `decidedFrames` are. */
export function isOver(
  { startSample }: EncoderChunk,
  geometry: ChunkGeometry,
  decidedFrames: number,
): boolean {
  return decidedFrames >= frameCentredFrom(startSample + geometry.chunkSamples);
}

/** True where a piece has frames from a sample of the recording on. */
export function reachesPast(
  { startFrame, frameCount }: Pick<TrunkPiece, 'startFrame' | 'frameCount'>,
  sample: number,
): boolean {
  return frameMiddleSample(startFrame) + (frameCount - 1) * TRUNK_HOP_SAMPLES >= sample;
}
