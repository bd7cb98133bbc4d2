/** What stands behind the samples that a WAV header claims: more of them, chunks, another recording, or nothing. */
import type { ByteReader } from '../byte-reader.ts';
import { isChunkId, isWav, viewOf } from './riff.ts';

/**
 * - `end`: nothing that would be audio.
 * - `samples`: the size was a lie, the samples go on.
 * - `recording`: another WAV file was appended; the reader stands at its start.
 */
export type WavRest = 'end' | 'samples' | 'recording';

/** Chunks behind the samples hold names and cue points; one of more is none, or is no business of ours. */
const MAX_CHUNK_BYTES = 64 * 2 ** 20;

/** As many chunks behind the samples are passed over on the way to another recording. */
const MAX_CHUNKS = 100;

/**
 * Looks behind the claimed samples. Takes nothing when they go on.
 *
 * @param claimedBytes what is left of the claim, less than a frame, and whether a byte pads it
 * @param leastBytes fewer bytes than this are no samples that anybody would miss
 */
export async function findWavRest(
  reader: ByteReader,
  { leftBytes, isOdd }: { readonly leftBytes: number; readonly isOdd: boolean },
  leastBytes: number,
): Promise<WavRest> {
  // Some writers forget to pad.
  let starts = isOdd ? [leftBytes + 1, leftBytes] : [leftBytes];
  for (let chunks = 0; chunks < MAX_CHUNKS; chunks++) {
    const next = await reader.peek(starts[0]! + 12);
    const start = starts.find((offset) => isChunkHead(next, offset));
    if (start === undefined) {
      if (chunks > 0) return 'end';
      return (await reader.peek(leastBytes)).length < leastBytes ? 'end' : 'samples';
    }
    const size = sizeAt(next, start + 4);
    const isRecording = isWav(next.subarray(start));
    await reader.skip(start);
    if (isRecording) return 'recording';
    if (!(await reader.skip(8 + size))) return 'end';
    starts = size % 2 === 0 ? [0] : [1, 0];
  }
  return 'end';
}

function isChunkHead(bytes: Uint8Array, offset: number): boolean {
  if (bytes.length < offset + 8 || !isChunkId(bytes, offset)) return false;
  return isWav(bytes.subarray(offset)) || sizeAt(bytes, offset + 4) <= MAX_CHUNK_BYTES;
}

function sizeAt(bytes: Uint8Array, offset: number): number {
  return viewOf(bytes).getUint32(offset, true);
}
