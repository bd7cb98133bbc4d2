import { InvalidInputError, throwIfAborted } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import { checkDuration } from '../limits.ts';
import { maxBlockFrames, type PcmStream } from '../pcm-stream.ts';
import { decodeSamples, isFloatEncoding } from './sample-encoding.ts';
import { readWavHeader, type WavHeader } from './wav-header.ts';
import { checkSamples, reportMore, reportTruncation, type WavReporting } from './wav-report.ts';
import { findWavRest, type WavRest } from './wav-rest.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';

export type ReadWavOptions = WavReporting & {
  /** Bytes of the whole file, where that is known. */
  readonly sizeBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Bytes behind the claimed samples that last less than this are no samples: tags, padding of a disk. */
const MIN_REST_SECONDS = 1;

/**
 * Reads WAV as it arrives; holds one block at a time.
 *
 * The header is not believed where the file shows otherwise. Fewer samples than it claims: what is there comes out,
 * with the warning `truncated`. More of them, as where a size of more than 4 GiB wrapped round: all of them, with the
 * warning `longer_than_header`. Recordings of one format that were joined byte by byte are read one after the other.
 * A sample that is no number, or is infinite or beyond any scale, ends the stream with `corrupt_audio`
 * that says where: replacing it would let a broken recorder pass for silence.
 *
 * @throws InvalidInputError `corrupt_audio`, `unsupported_audio`, `audio_too_long`; from the blocks as well
 */
export async function readWav(reader: ByteReader, options: ReadWavOptions): Promise<PcmStream> {
  const { name, limits, sizeBytes = Infinity } = options;
  const header = await readWavHeader(reader, name, limits, sizeBytes);
  const { sampleRate, channels, frameBytes, dataBytes } = header;
  const bytes = Number.isFinite(sizeBytes) ? likelyBytes(dataBytes, sizeBytes) : dataBytes;
  return {
    sampleRate,
    channels,
    expectedSeconds: bytes ? samplesToSeconds(Math.floor(bytes / frameBytes), sampleRate) : undefined,
    blocks: decodeBlocks(reader, header, options),
    close: () => reader.close(),
  };
}

/** Bytes of samples in a file: what it has without its header, unless that is just more than what was claimed. */
function likelyBytes(claimed: number | undefined, sizeBytes: number): number {
  return claimed !== undefined && claimed > 0 && sizeBytes - claimed < 2 ** 32 - 2 ** 24
    ? Math.min(claimed, sizeBytes)
    : sizeBytes;
}

async function* decodeBlocks(
  reader: ByteReader,
  first: WavHeader,
  options: ReadWavOptions,
): AsyncGenerator<Float32Array> {
  let header = first;
  for (let framesBefore = 0; ;) {
    const { rest, frames } = yield* decodeRecording(reader, header, framesBefore, options);
    if (rest !== 'recording') return;
    framesBefore += frames;
    const next = await readAppendedHeader(reader, options);
    if (next === undefined || !isSameFormat(next, first)) {
      const message = `Another recording, of another format, was appended to ${options.name}; it was not read.`;
      options.onWarning?.({ code: 'unread', message });
      return;
    }
    header = next;
  }
}

/** `undefined` for one that cannot be read: what came before it is good all the same. */
async function readAppendedHeader(
  reader: ByteReader,
  { name, limits }: ReadWavOptions,
): Promise<WavHeader | undefined> {
  try {
    return await readWavHeader(reader, name, limits);
  } catch (error) {
    if (error instanceof InvalidInputError && error.code !== 'audio_too_long') return undefined;
    throw error;
  }
}

function isSameFormat(a: WavHeader, b: WavHeader): boolean {
  return a.encoding === b.encoding && a.sampleRate === b.sampleRate && a.channels === b.channels;
}

/** The samples behind one header; then, what follows them. */
async function* decodeRecording(
  reader: ByteReader,
  header: WavHeader,
  framesBefore: number,
  options: ReadWavOptions,
): AsyncGenerator<Float32Array, { readonly rest: WavRest; readonly frames: number }> {
  const { sampleRate, frameBytes, dataBytes } = header;
  const claimed = dataBytes === undefined ? Infinity : Math.floor(dataBytes / frameBytes);
  let frames = 0;
  let rest: WavRest = 'end';
  for await (const samples of decodeFrames(reader, header, claimed, framesBefore, options)) {
    frames += samples.length / header.channels;
    yield samples;
  }
  if (dataBytes !== undefined && frames === claimed) {
    const left = { leftBytes: dataBytes % frameBytes, isOdd: dataBytes % 2 === 1 };
    const leastFrames = claimed === 0 ? 1 : Math.ceil(MIN_REST_SECONDS * sampleRate);
    rest = await findWavRest(reader, left, leastFrames * frameBytes);
  } else if (dataBytes !== undefined) {
    reportTruncation(frames, claimed, sampleRate, options);
  }
  if (rest === 'samples') {
    for await (const samples of decodeFrames(reader, header, Infinity, framesBefore + frames, options)) {
      frames += samples.length / header.channels;
      yield samples;
    }
    if (claimed > 0) reportMore(frames, claimed, sampleRate, options);
  }
  return { rest, frames };
}

/** So many frames, or as many as there are. */
async function* decodeFrames(
  reader: ByteReader,
  header: WavHeader,
  wantedFrames: number,
  framesBefore: number,
  options: ReadWavOptions,
): AsyncGenerator<Float32Array> {
  const { encoding, sampleRate, channels, frameBytes } = header;
  const blockFrames = maxBlockFrames(sampleRate, channels);
  const samples = new Float32Array(blockFrames * channels);
  for (let frames = 0; frames < wantedFrames;) {
    throwIfAborted(options.signal);
    const wanted = Math.min(blockFrames, wantedFrames - frames);
    const bytes = await reader.readUnits(frameBytes, wanted * frameBytes);
    if (bytes.length < frameBytes) return;
    const count = decodeSamples(encoding, bytes, samples);
    if (isFloatEncoding(encoding)) checkSamples(samples, count, framesBefore + frames, header, options);
    frames += count / channels;
    checkDuration(options.name, samplesToSeconds(framesBefore + frames, sampleRate), options.limits);
    yield samples.subarray(0, count);
  }
}
