import { InvalidInputError, throwIfAborted } from '../../errors.ts';
import type { AudioWarning } from '../audio-warning.ts';
import type { ByteReader } from '../byte-reader.ts';
import { type AudioLimits, checkDuration } from '../limits.ts';
import { maxBlockFrames, type PcmStream } from '../pcm-stream.ts';
import { decodeSamples, findBadSample, isFloatEncoding } from './sample-encoding.ts';
import { readWavHeader, type WavHeader } from './wav-header.ts';

export type ReadWavOptions = {
  /** What messages call the file. */
  readonly name: string;
  readonly limits: AudioLimits;
  readonly onWarning?: ((warning: AudioWarning) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * A header that claims more than this many times what is there lies; below, the recording was cut off.
 */
const MAX_CLAIM_FACTOR = 1_000;

/**
 * Reads WAV as it arrives; holds one block at a time.
 *
 * Fewer samples than the header claims: what is there comes out, with the warning `truncated`.
 * A sample that is no number, or is infinite or beyond any scale, ends the stream with `corrupt_audio`
 * that says where: replacing it would let a broken recorder pass for silence.
 *
 * @throws InvalidInputError `corrupt_audio`, `unsupported_audio`, `audio_too_long`; from the blocks as well
 */
export async function readWav(reader: ByteReader, options: ReadWavOptions): Promise<PcmStream> {
  const header = await readWavHeader(reader, options.name, options.limits);
  const { sampleRate, channels, frameBytes, dataBytes } = header;
  return {
    sampleRate,
    channels,
    expectedSeconds: dataBytes === undefined ? undefined : Math.floor(dataBytes / frameBytes) / sampleRate,
    blocks: decodeBlocks(reader, header, options),
    close: () => reader.close(),
  };
}

async function* decodeBlocks(
  reader: ByteReader,
  header: WavHeader,
  options: ReadWavOptions,
): AsyncGenerator<Float32Array> {
  const { encoding, sampleRate, channels, frameBytes, dataBytes } = header;
  const blockFrames = maxBlockFrames(sampleRate, channels);
  const samples = new Float32Array(blockFrames * channels);
  const totalFrames = dataBytes === undefined ? Infinity : Math.floor(dataBytes / frameBytes);
  let frames = 0;
  while (frames < totalFrames) {
    throwIfAborted(options.signal);
    const wanted = Math.min(blockFrames, totalFrames - frames);
    const bytes = await reader.readUnits(frameBytes, wanted * frameBytes);
    if (bytes.length < frameBytes) break;
    const count = decodeSamples(encoding, bytes, samples);
    if (isFloatEncoding(encoding)) checkSamples(samples, count, frames, header, options);
    frames += count / channels;
    checkDuration(options.name, frames / sampleRate, options.limits);
    yield samples.subarray(0, count);
  }
  if (dataBytes !== undefined && frames < totalFrames)
    reportTruncation(frames, totalFrames, sampleRate, options);
}

function checkSamples(
  samples: Float32Array,
  count: number,
  firstFrame: number,
  header: WavHeader,
  options: ReadWavOptions,
): void {
  const bad = findBadSample(samples, count, options.limits.maxSampleMagnitude);
  if (bad < 0) return;
  const atSeconds = (firstFrame + Math.floor(bad / header.channels)) / header.sampleRate;
  const channel = bad % header.channels;
  const value = samples[bad]!;
  const what = Number.isNaN(value)
    ? 'not a number'
    : Number.isFinite(value)
      ? 'beyond any scale'
      : 'infinite';
  throw new InvalidInputError(
    'corrupt_audio',
    `${options.name} is damaged: the sample at ${atSeconds.toFixed(4)} s in channel ${channel} is ${what}; export it again.`,
    { details: { atSeconds, channel } },
  );
}

function reportTruncation(
  frames: number,
  totalFrames: number,
  sampleRate: number,
  options: ReadWavOptions,
): void {
  const found = `${(frames / sampleRate).toFixed(3)} s of the ${(totalFrames / sampleRate).toFixed(3)} s that its header claims`;
  if (frames * MAX_CLAIM_FACTOR < totalFrames) {
    throw new InvalidInputError('corrupt_audio', `${options.name} is damaged: it holds ${found}.`);
  }
  options.onWarning?.({ code: 'truncated', message: `${options.name} was cut off: it holds ${found}.` });
}
