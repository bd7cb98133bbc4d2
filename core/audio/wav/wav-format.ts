import { InvalidInputError } from '../../errors.ts';
import { type AudioLimits, checkAudioFormat } from '../limits.ts';
import { damagedWav, fourCharacters, viewOf } from './riff.ts';
import { BYTES_PER_SAMPLE, type SampleEncoding } from './sample-encoding.ts';

/** How the samples of a WAV file are stored. */
export type WavFormat = {
  readonly encoding: SampleEncoding;
  readonly sampleRate: number;
  readonly channels: number;
  /** Bytes of one sample of every channel. */
  readonly frameBytes: number;
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
 * Reads a `fmt ` chunk.
 *
 * @param body up to its first 40 bytes
 * @throws InvalidInputError `corrupt_audio` or `unsupported_audio`
 */
export function parseWavFormat(body: Uint8Array, name: string, limits: AudioLimits): WavFormat {
  if (body.length < 16)
    throw damagedWav(name, `its format chunk has ${body.length} bytes instead of 16 or more`);
  const view = viewOf(body);
  const channels = view.getUint16(2, true);
  const sampleRate = view.getUint32(4, true);
  const frameBytes = view.getUint16(12, true);
  const bits = view.getUint16(14, true);
  checkAudioFormat(name, channels, sampleRate, limits);
  const encoding = encodingOf(formatTag(body, name), bits, name);
  const expected = BYTES_PER_SAMPLE[encoding] * channels;
  if (frameBytes !== expected) {
    throw damagedWav(
      name,
      `${channels} × ${bits} bits need ${expected} bytes a frame, its header says ${frameBytes}`,
    );
  }
  return { encoding, sampleRate, channels, frameBytes };
}

function formatTag(body: Uint8Array, name: string): number {
  const tag = viewOf(body).getUint16(0, true);
  if (tag !== TAG.extensible) return tag;
  if (body.length < 40) throw damagedWav(name, 'its extended format chunk is cut short');
  if (Buffer.from(body.subarray(26, 40)).toString('hex') !== WAVEFORMATEX_GUID_TAIL) {
    throw new InvalidInputError(
      'unsupported_audio',
      `${name} uses an unknown WAV sub-format; convert it to PCM.`,
    );
  }
  return viewOf(body).getUint16(24, true);
}

function encodingOf(tag: number, bits: number, name: string): SampleEncoding {
  if (bits === 0) throw damagedWav(name, 'it claims 0 bits a sample');
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
