import { InvalidInputError } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import type { AudioLimits } from '../limits.ts';
import { checkAudioFormat, checkDuration } from '../limits.ts';
import { BYTES_PER_SAMPLE, type SampleEncoding } from './sample-encoding.ts';

/** What a WAV file says about itself. */
export type WavHeader = {
  readonly encoding: SampleEncoding;
  readonly sampleRate: number;
  readonly channels: number;
  /** Bytes of one sample of every channel. */
  readonly frameBytes: number;
  /** Bytes of samples; `undefined` for a stream whose length was not known when its header was written. */
  readonly dataBytes: number | undefined;
};

/** Format tags of the `fmt ` chunk, from mmreg.h. */
const TAG = { pcm: 0x0001, float: 0x0003, aLaw: 0x0006, muLaw: 0x0007, extensible: 0xfffe } as const;

/** Last 14 bytes of the sub-format GUIDs whose first two bytes are a format tag (KSDATAFORMAT_SUBTYPE_WAVEFORMATEX). */
const WAVEFORMATEX_GUID_TAIL = '000000001000800000aa00389b71';

/**
 * The format tag, when the start of a file shows one: lets a caller send compressed WAV elsewhere.
 *
 * @param prefix the first bytes of a file that begins with RIFF, RF64 or BW64
 */
export function peekWavFormatTag(prefix: Uint8Array): number | undefined {
  const view = viewOf(prefix);
  for (let offset = 12; offset + 10 <= prefix.length;) {
    const size = view.getUint32(offset + 4, true);
    if (fourCharacters(prefix, offset) === 'fmt ') return view.getUint16(offset + 8, true);
    offset += 8 + size + (size % 2);
  }
  return undefined;
}

/** True for the format tags that `readWavHeader` knows. */
export function isPlainWavFormatTag(tag: number): boolean {
  return (Object.values(TAG) as number[]).includes(tag);
}

/**
 * Reads a WAV header (RIFF, RF64, BW64) up to the first sample.
 *
 * Unknown chunks are passed over with their padding byte. The sizes 0, 0xFFFFFFFF and 2 GiB − 4 KiB … 2 GiB are
 * what recorders write when they cannot go back to their header (ffmpeg, arecord, SoX): the samples then reach to
 * the end of the stream.
 *
 * @throws InvalidInputError `corrupt_audio`, `unsupported_audio` or `audio_too_long`
 * @see Multimedia Programming Interface and Data Specifications 1.0; EBU Tech 3306 (RF64); ITU-R BS.2088 (BW64)
 */
export async function readWavHeader(
  reader: ByteReader,
  name: string,
  limits: AudioLimits,
): Promise<WavHeader> {
  const riff = await reader.read(12);
  if (!isWav(riff)) throw new InvalidInputError('unsupported_audio', `${name} is no WAV file.`);
  let format: WavFormat | undefined;
  let longDataBytes: number | undefined;
  let headerBytes = 12;
  for (let chunks = 0; chunks < limits.maxHeaderChunks; chunks++) {
    const { id, size } = await readChunkHead(reader, name);
    if (id === 'data') {
      if (format === undefined) throw damaged(name, 'its samples come before their format');
      return finishHeader(format, size === 0xffff_ffff ? longDataBytes : knownSize(size), name, limits);
    }
    const paddedSize = size + (size % 2);
    headerBytes += 8 + paddedSize;
    if (headerBytes > limits.maxHeaderBytes) throw damaged(name, 'its header is longer than any real one');
    let taken = 0;
    if (id === 'fmt ' && format === undefined) {
      const body = await reader.read(Math.min(size, 40));
      taken = body.length;
      format = parseFormat(body, name, limits);
    } else if (id === 'ds64') {
      const body = await reader.read(Math.min(size, 28));
      taken = body.length;
      longDataBytes = parseLongDataBytes(body);
    }
    if (!(await reader.skip(paddedSize - taken))) throw damaged(name, 'it ends inside its header');
  }
  throw damaged(name, `no samples come within ${limits.maxHeaderChunks} chunks`);
}

/** True for the first 12 bytes of a little-endian WAV file. */
export function isWav(prefix: Uint8Array): boolean {
  return ['RIFF', 'RF64', 'BW64'].includes(fourCharacters(prefix, 0)) && fourCharacters(prefix, 8) === 'WAVE';
}

type WavFormat = Omit<WavHeader, 'dataBytes'>;

async function readChunkHead(reader: ByteReader, name: string): Promise<{ id: string; size: number }> {
  const head = await reader.read(8);
  if (head.length < 8) throw damaged(name, 'it ends before its samples');
  return { id: fourCharacters(head, 0), size: viewOf(head).getUint32(4, true) };
}

function finishHeader(
  format: WavFormat,
  dataBytes: number | undefined,
  name: string,
  limits: AudioLimits,
): WavHeader {
  if (dataBytes !== undefined) checkDuration(name, dataBytes / format.frameBytes / format.sampleRate, limits);
  return { ...format, dataBytes };
}

/** The size, unless it is one of the values that mean "not known when this was written". */
function knownSize(size: number): number | undefined {
  const placeholder = size === 0 || (size >= 0x7fff_f000 && size <= 0x8000_0000);
  return placeholder ? undefined : size;
}

/** 64-bit size of the samples in a `ds64` chunk. */
function parseLongDataBytes(body: Uint8Array): number | undefined {
  if (body.length < 16) return undefined;
  const size = viewOf(body).getBigUint64(8, true);
  return size === 0n || size === 0xffff_ffff_ffff_ffffn ? undefined : Number(size);
}

function parseFormat(body: Uint8Array, name: string, limits: AudioLimits): WavFormat {
  if (body.length < 16)
    throw damaged(name, `its format chunk has ${body.length} bytes instead of 16 or more`);
  const view = viewOf(body);
  const channels = view.getUint16(2, true);
  const sampleRate = view.getUint32(4, true);
  const frameBytes = view.getUint16(12, true);
  const bits = view.getUint16(14, true);
  checkAudioFormat(name, channels, sampleRate, limits);
  const encoding = encodingOf(formatTag(body, name), bits, name);
  const expected = BYTES_PER_SAMPLE[encoding] * channels;
  if (frameBytes !== expected) {
    throw damaged(
      name,
      `${channels} × ${bits} bits need ${expected} bytes a frame, its header says ${frameBytes}`,
    );
  }
  return { encoding, sampleRate, channels, frameBytes };
}

function formatTag(body: Uint8Array, name: string): number {
  const tag = viewOf(body).getUint16(0, true);
  if (tag !== TAG.extensible) return tag;
  if (body.length < 40) throw damaged(name, 'its extended format chunk is cut short');
  if (Buffer.from(body.subarray(26, 40)).toString('hex') !== WAVEFORMATEX_GUID_TAIL) {
    throw new InvalidInputError(
      'unsupported_audio',
      `${name} uses an unknown WAV sub-format; convert it to PCM.`,
    );
  }
  return viewOf(body).getUint16(24, true);
}

function encodingOf(tag: number, bits: number, name: string): SampleEncoding {
  if (bits === 0) throw damaged(name, 'it claims 0 bits a sample');
  // Odd sizes (12 or 20 bits) sit in the high bits of the next whole byte, so their container decides.
  if (tag === TAG.pcm && bits <= 32)
    return (['pcm-u8', 'pcm-s16', 'pcm-s24', 'pcm-s32'] as const)[(bits - 1) >> 3]!;
  if (tag === TAG.float && bits === 32) return 'float32';
  if (tag === TAG.float && bits === 64) return 'float64';
  if (tag === TAG.aLaw && bits === 8) return 'a-law';
  if (tag === TAG.muLaw && bits === 8) return 'mu-law';
  const found = `format 0x${tag.toString(16).padStart(4, '0')} with ${bits} bits`;
  const expected = 'PCM of 8 to 32 bits, float of 32 or 64, A-law or μ-law';
  throw new InvalidInputError('unsupported_audio', `${name} holds WAV ${found}; expected ${expected}.`);
}

function damaged(name: string, reason: string): InvalidInputError {
  return new InvalidInputError('corrupt_audio', `${name} is damaged: ${reason}.`);
}

function fourCharacters(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
