import { InvalidInputError } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import type { AudioLimits } from '../limits.ts';
import { checkDuration } from '../limits.ts';
import { damagedWav, fourCharacters, isChunkId, isWav, viewOf } from './riff.ts';
import { parseWavFormat, type WavFormat } from './wav-format.ts';

/** What a WAV file says about itself. */
export type WavHeader = WavFormat & {
  /**
   * Bytes of samples, as the header claims; 0 where it is empty or its writer never came back to it, `undefined` for
   * the other values that mean "not known when this was written".
   */
  readonly dataBytes: number | undefined;
};

/**
 * Reads a WAV header (RIFF, RF64, BW64) up to the first sample.
 *
 * Unknown chunks are passed over with their padding byte, also where a writer forgot it. The length of the samples is
 * what the header claims: `wav.ts` decides what to believe.
 *
 * @param availableBytes bytes of the file from here, where they are known: no claim counts beyond them
 * @throws InvalidInputError `corrupt_audio`, `unsupported_audio` or `audio_too_long`
 * @see Multimedia Programming Interface and Data Specifications 1.0; EBU Tech 3306 (RF64); ITU-R BS.2088 (BW64)
 */
export async function readWavHeader(
  reader: ByteReader,
  name: string,
  limits: AudioLimits,
  availableBytes = Infinity,
): Promise<WavHeader> {
  const riff = await reader.read(12);
  if (!isWav(riff)) throw new InvalidInputError('unsupported_audio', `${name} is no WAV file.`);
  let format: WavFormat | undefined;
  let longDataBytes: number | undefined;
  let headerBytes = 12;
  for (let chunks = 0; chunks < limits.maxHeaderChunks; chunks++) {
    const { id, size } = await readChunkHead(reader, name);
    if (id === 'data') {
      if (format === undefined) throw damagedWav(name, 'its samples come before their format');
      const left = availableBytes - headerBytes - 8;
      const claimed = size === LONG_SIZE ? longDataBytes : knownSize(size, left);
      checkDuration(name, Math.min(claimed ?? 0, left) / format.frameBytes / format.sampleRate, limits);
      return { ...format, dataBytes: claimed };
    }
    headerBytes += 8 + size;
    if (headerBytes > limits.maxHeaderBytes) throw damagedWav(name, 'its header is longer than any real one');
    let taken = 0;
    if (id === 'fmt ' && format === undefined) {
      const body = await reader.read(Math.min(size, 40));
      taken = body.length;
      format = parseWavFormat(body, name, limits);
    } else if (id === 'ds64') {
      const body = await reader.read(Math.min(size, 28));
      taken = body.length;
      longDataBytes = parseLongDataBytes(body);
    }
    if (!(await reader.skip(size - taken))) throw damagedWav(name, 'it ends inside its header');
    headerBytes += await skipPadding(reader, size);
  }
  throw damagedWav(name, `no samples come within ${limits.maxHeaderChunks} chunks`);
}

/** Passes over the byte that pads a chunk of odd size, unless its writer forgot it; says how many bytes that were. */
async function skipPadding(reader: ByteReader, size: number): Promise<number> {
  if (size % 2 === 0) return 0;
  const next = await reader.peek(5);
  if (isChunkId(next, 0) && !isChunkId(next, 1)) return 0;
  await reader.read(1);
  return 1;
}

async function readChunkHead(reader: ByteReader, name: string): Promise<{ id: string; size: number }> {
  const head = await reader.read(8);
  if (head.length < 8) throw damagedWav(name, 'it ends before its samples');
  return { id: fourCharacters(head, 0), size: viewOf(head).getUint32(4, true) };
}

/** Says that the size stands in `ds64`; without one, that it was not known. */
const LONG_SIZE = 0xffff_ffff;

/** How far below 2^31 and 2^32 the sizes lie that writers to a pipe leave: these less what they take for their header. */
const HEADER_SLACK = 0x1000;

/**
 * The size, unless it is one of the values that mean "not known when this was written": near 2^31 (arecord, SoX,
 * eSpeak) and 2^32 (ffmpeg, LAME, GStreamer). A file that is really that long is believed.
 */
function knownSize(size: number, availableBytes: number): number | undefined {
  const isPlaceholder =
    size >= 2 ** 32 - HEADER_SLACK || (size >= 2 ** 31 - HEADER_SLACK && size <= 2 ** 31 + HEADER_SLACK);
  const isThere = Number.isFinite(availableBytes) && size <= availableBytes;
  return isPlaceholder && !isThere ? undefined : size;
}

/** 64-bit size of the samples in a `ds64` chunk. */
function parseLongDataBytes(body: Uint8Array): number | undefined {
  if (body.length < 16) return undefined;
  const size = viewOf(body).getBigUint64(8, true);
  return size === 0xffff_ffff_ffff_ffffn ? undefined : Number(size);
}
