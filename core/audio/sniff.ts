import { isWav } from './wav/riff.ts';

/** Bytes that decide what a file is. */
export const SNIFF_BYTES = 4096;

export type AudioContainer =
  'wav' | 'w64' | 'aiff' | 'mp3' | 'flac' | 'ogg' | 'matroska' | 'mp4' | 'aac' | 'amr' | 'caf' | 'au' | 'asf';

/** Names of the first box of ISO base media files (mp4, m4a, mov, 3gp). */
const ISO_BOXES = ['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot'];

/** What the content looks like, whatever the file is called; `undefined` when nothing is known to begin so. */
export function sniffContainer(prefix: Uint8Array): AudioContainer | undefined {
  const text = latin1(prefix.subarray(0, 16));
  if (isWav(prefix)) return 'wav';
  if (text.startsWith('riff\x2e\x91\xcf\x11')) return 'w64';
  if (/^FORM....AIF[FC]/s.test(text)) return 'aiff';
  if (text.startsWith('fLaC')) return 'flac';
  if (text.startsWith('OggS')) return 'ogg';
  if (text.startsWith('\x1a\x45\xdf\xa3')) return 'matroska';
  if (ISO_BOXES.includes(text.slice(4, 8))) return 'mp4';
  if (text.startsWith('#!AMR')) return 'amr';
  if (text.startsWith('caff')) return 'caf';
  if (text.startsWith('.snd')) return 'au';
  if (text.startsWith('\x30\x26\xb2\x75\x8e\x66\xcf\x11')) return 'asf';
  if (text.startsWith('ID3')) return 'mp3';
  return sniffMpegFrame(prefix);
}

/** MPEG audio without tags: 11 bits of sync, then a layer (0 is ADTS), a bit rate and a sample rate that exist. */
function sniffMpegFrame([first, second = 0, third = 0xff]: Uint8Array): 'mp3' | 'aac' | undefined {
  if (first !== 0xff) return undefined;
  if ((second & 0xf6) === 0xf0) return 'aac';
  const valid =
    (second & 0xe0) === 0xe0 && (second & 0x06) !== 0 && third >> 4 !== 15 && ((third >> 2) & 3) !== 3;
  return valid ? 'mp3' : undefined;
}

/**
 * Containers that a decoder reads from front to back with the same result as from a file. The others keep an index
 * at the end (mp4, AIFF, CAF, ASF) or their length in their file size (MP3: from a pipe, the padding of the encoder
 * stays at the end).
 */
const STREAMABLE: readonly (AudioContainer | undefined)[] = ['flac', 'ogg', 'matroska', 'aac', 'amr', 'au'];

/** True where a decoder needs to jump in the file. */
export function needsSeeking(container: AudioContainer | undefined): boolean {
  return !STREAMABLE.includes(container);
}

/**
 * Says what a file is that only pretends to be audio: scripts that make a decoder open other files and addresses
 * (playlists, concat scripts, SDP), pictures in XML, any other text. No audio format begins with text alone.
 */
export function describeText(prefix: Uint8Array): string | undefined {
  const text = decodeText(prefix.subarray(0, 512));
  if (text === undefined) return undefined;
  const start = text.trimStart().toLowerCase();
  if (start.startsWith('ffconcat')) return 'an ffmpeg concat script';
  if (start.startsWith('#extm3u') || start.startsWith('[playlist]')) return 'a playlist';
  if (start.startsWith('v=0')) return 'a session description (SDP)';
  if (start.includes('<svg')) return 'an SVG picture';
  if (start.startsWith('<')) return 'a web page or XML';
  return 'text';
}

/** The bytes as UTF-8, when they are text without control characters. */
function decodeText(bytes: Uint8Array): string | undefined {
  for (const byte of bytes) {
    if (byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].includes(byte)) return undefined;
  }
  try {
    // `stream`: the cut may fall inside a character.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
