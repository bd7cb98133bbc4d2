/** Frames of MPEG audio (MP3) one after the other, and what lies between them. */
import type { FileHandle } from 'node:fs/promises';
import { readAt } from './file-ends.ts';
import { tagBytes } from './sniff.ts';

const WINDOW_BYTES = 2 ** 20;
/** Longest frame and longest head of a tag: what must lie in the window to be judged. */
const MARGIN_BYTES = 8192;

/** kbit/s by version 1 and 2 and layer 1 to 3 (ISO/IEC 11172-3, 13818-3). */
const BIT_RATES: Readonly<Record<string, readonly number[]>> = {
  '11': [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '12': [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '13': [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '21': [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '22': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '23': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};

const SAMPLE_RATES = [44_100, 48_000, 32_000];

/**
 * True where bytes stand between the frames that are neither frames nor tags: something is damaged. Files that were
 * joined have tags in the middle.
 */
export async function hasBytesBetweenFrames(handle: FileHandle, sizeBytes: number): Promise<boolean> {
  let position = 0;
  while (position < sizeBytes) {
    const window = await readAt(handle, position, WINDOW_BYTES);
    const isLast = position + window.length >= sizeBytes;
    const limit = isLast ? window.length : window.length - MARGIN_BYTES;
    let at = 0;
    while (at < limit) {
      const step = frameBytes(window, at) ?? knownBytes(window, at);
      // The last frame may be cut, and a tag of lyrics may stand behind it: neither is a hole.
      if (step === undefined) return !(isLast && window.length - at < MARGIN_BYTES);
      at += step;
    }
    position += at;
  }
  return false;
}

/** Bytes of the frame at this place; `undefined` where there is none, or of a bit rate that no table holds. */
function frameBytes(bytes: Uint8Array, at: number): number | undefined {
  const [first, second = 0, third = 0] = bytes.subarray(at, at + 3);
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return undefined;
  // 3 is version 1, 2 version 2, 0 version 2.5; 3 is layer 1, 1 layer 3.
  const [version, layer] = [(second >> 3) & 3, 4 - ((second >> 1) & 3)];
  const bitRate = BIT_RATES[`${version === 3 ? 1 : 2}${layer}`]?.[third >> 4];
  const fullRate = SAMPLE_RATES[(third >> 2) & 3];
  if (version === 1 || !bitRate || fullRate === undefined) return undefined;
  const sampleRate = fullRate / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const padding = (third >> 1) & 1;
  if (layer === 1) return (Math.floor((12_000 * bitRate) / sampleRate) + padding) * 4;
  const factor = layer === 3 && version !== 3 ? 72_000 : 144_000;
  return Math.floor((factor * bitRate) / sampleRate) + padding;
}

/** Bytes of a tag, or of padding. */
function knownBytes(bytes: Uint8Array, at: number): number | undefined {
  const text = String.fromCharCode(...bytes.subarray(at, at + 11));
  if (text.startsWith('ID3')) return tagBytes(bytes.subarray(at)) || undefined;
  if (text.startsWith('TAG')) return 128;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (text.startsWith('APETAGEX') && at + 24 <= bytes.length) return apeTagBytes(view, at);
  if (text.startsWith('LYRICSBEGIN')) return lyricsBytes(bytes, at);
  return bytes[at] === 0 ? 1 : undefined;
}

/** The size counts the items and the footer; the header, where this is it, comes on top. */
function apeTagBytes(view: DataView, at: number): number {
  const isHeader = (view.getUint32(at + 20, true) & 0x2000_0000) !== 0;
  return isHeader ? 32 + view.getUint32(at + 12, true) : 32;
}

function lyricsBytes(bytes: Uint8Array, at: number): number | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(MARGIN_BYTES, bytes.length - at));
  const end = text.indexOf('LYRICS200');
  return end < 0 ? undefined : end + 9;
}
