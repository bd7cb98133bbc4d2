import { isWav } from '../wav/riff.ts';
import type { AudioContainer } from './audio-container.ts';
import { isTransportStream } from './transport-stream.ts';

/** Bytes that decide what a file is. */
export const SNIFF_BYTES = 4096;

/** Names of the first box of ISO base media files (mp4, m4a, mov, 3gp). */
const ISO_BOXES = ['ftyp', 'styp', 'moov', 'moof', 'mdat', 'free', 'skip', 'wide', 'pnot', 'sidx', 'uuid'];

/** Containers by their first bytes, as Latin-1; the first that fits counts. */
const SIGNATURES: readonly (readonly [AudioContainer, string | RegExp])[] = [
  ['w64', 'riff\x2e\x91\xcf\x11'],
  ['aiff', /^FORM....AIF[FC]/s],
  ['caf', 'caff'],
  ['au', '.snd'],
  ['voc', 'Creative Voice File\x1a'],
  ['sphere', /^NIST_1A\r?\n/],
  ['flac', 'fLaC'],
  ['wavpack', 'wvpk'],
  ['ape', 'MAC '],
  ['tta', 'TTA1'],
  ['tak', 'tBaK'],
  ['dsf', 'DSD '],
  ['dsdiff', /^FRM8.{8}DSD /s],
  ['musepack', /^MP(?:CK|\+)/],
  ['amr', '#!AMR'],
  ['ogg', 'OggS'],
  ['matroska', '\x1a\x45\xdf\xa3'],
  ['asf', '\x30\x26\xb2\x75\x8e\x66\xcf\x11'],
  ['avi', /^RIFF....AVI[ X\x19]/s],
  ['flv', 'FLV\x01'],
  ['mpegps', '\0\0\x01\xba'],
  ['rm', /^\.(?:RMF|ra\xfd)/],
  ['mxf', '\x06\x0e\x2b\x34\x02\x05\x01\x01'],
  ['wtv', '\xb7\xd8\x00\x20\x37\x49\xda\x11'],
  ['nut', 'nut/multimedia container\0'],
  ['dts', /^(?:\x7f\xfe\x80\x01|\xfe\x7f\x01\x80|\x1f\xff\xe8\0|\xff\x1f\0\xe8|DTSHDHDR)/],
  ['truehd', /^.{4}\xf8\x72\x6f[\xba\xbb]/s],
  ['loas', /^\x56[\xe0-\xff]/],
];

/** What the content looks like, whatever the file is called; `undefined` when nothing is known to begin so. */
export function sniffContainer(prefix: Uint8Array): AudioContainer | undefined {
  if (isWav(prefix)) return 'wav';
  const text = String.fromCharCode(...prefix.subarray(0, 32));
  if (text.startsWith('ID3')) return sniffBehindTag(prefix);
  const found = SIGNATURES.find(([, signature]) =>
    typeof signature === 'string' ? text.startsWith(signature) : signature.test(text),
  );
  if (found !== undefined) return found[0];
  if (ISO_BOXES.includes(text.slice(4, 8))) return 'mp4';
  return sniffFrame(prefix) ?? (isTransportStream(prefix) ? 'mpegts' : undefined);
}

/** Bytes of the ID3v2 tag that a file begins with; 0 without one. */
export function tagBytes(prefix: Uint8Array): number {
  if (prefix.length < 10 || String.fromCharCode(...prefix.subarray(0, 3)) !== 'ID3') return 0;
  const size = prefix.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  const footerBytes = (prefix[5]! & 0x10) === 0 ? 0 : 10;
  return 10 + size + footerBytes;
}

/** A tag stands in front of MP3 mostly, of FLAC, AAC and others sometimes. */
function sniffBehindTag(prefix: Uint8Array): AudioContainer | undefined {
  const offset = tagBytes(prefix);
  const behind = offset === 0 || offset >= prefix.length ? undefined : prefix.subarray(offset);
  return (behind && sniffContainer(behind)) ?? 'mp3';
}

/** Frames without a container: their sync word, and fields with values that exist. */
function sniffFrame(prefix: Uint8Array): 'mp3' | 'aac' | 'ac3' | 'eac3' | undefined {
  const [first, second = 0, third = 0xff, , fifth = 0xff, sixth = 0xff] = prefix;
  if (first === 0x0b && second === 0x77) {
    const streamId = sixth >> 3;
    if (streamId <= 10) return fifth >> 6 === 3 ? undefined : 'ac3';
    return streamId <= 16 ? 'eac3' : undefined;
  }
  if (first !== 0xff) return undefined;
  // 11 bits of sync, then a layer (0 is ADTS), a bit rate and a sample rate that exist.
  if ((second & 0xf6) === 0xf0) return 'aac';
  const isMpegAudio =
    (second & 0xe0) === 0xe0 && (second & 0x06) !== 0 && third >> 4 !== 15 && ((third >> 2) & 3) !== 3;
  return isMpegAudio ? 'mp3' : undefined;
}
