/** Sound as a client sends it → 16 kHz mono, while it comes. */
import { openAudio } from '../../../core/audio/decode.ts';
import { checkAudioFormat, completeAudioLimits } from '../../../core/audio/limits.ts';
import { mixedPcm } from '../../../core/audio/mix/mixed-pcm.ts';
import { maxBlockFrames } from '../../../core/audio/pcm-stream.ts';
import { toCoreRate } from '../../../core/audio/resample/to-core-rate.ts';
import {
  BYTES_PER_SAMPLE,
  decodeSamples,
  findBadSample,
  isFloatEncoding,
  type SampleEncoding,
} from '../../../core/audio/wav/sample-encoding.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import type { LiveStartParsed } from '../../../sdk/live/client-message.ts';

const NAME = 'The live audio';

const ENCODINGS: Readonly<
  Record<Exclude<LiveStartParsed['audio']['encoding'], 'container'>, SampleEncoding>
> = {
  s16le: 'pcm-s16',
  f32le: 'float32',
  mulaw: 'mu-law',
  alaw: 'a-law',
};

/**
 * @param bytes in pieces of any length: a sample may straddle two
 * @throws InvalidInputError `corrupt_audio` for what is no number, and for half a sample at the end; `unsupported_audio`,
 *   `audio_too_short` without a single sample
 */
export async function* decodeSound(
  bytes: AsyncIterable<Uint8Array>,
  audio: LiveStartParsed['audio'],
  signal: AbortSignal,
): AsyncGenerator<Float32Array, void, undefined> {
  const { encoding, sampleRate, channels } = audio;
  if (encoding === 'container') {
    const { blocks } = await openAudio({ stream: bytes, name: NAME }, { signal });
    yield* blocks;
    return;
  }
  checkAudioFormat(NAME, channels, sampleRate, completeAudioLimits());
  const blocks = rawBlocks(bytes, ENCODINGS[encoding], sampleRate, channels);
  const close = (): Promise<void> => Promise.resolve();
  const pcm = { sampleRate, channels, expectedSeconds: undefined, blocks, close };
  const mixed = mixedPcm(pcm, { name: NAME });
  for await (const [block] of toCoreRate(mixed, [0], { name: NAME, signal })) yield block!;
}

async function* rawBlocks(
  bytes: AsyncIterable<Uint8Array>,
  encoding: SampleEncoding,
  sampleRate: number,
  channels: number,
): AsyncGenerator<Float32Array> {
  const frameBytes = BYTES_PER_SAMPLE[encoding] * channels;
  const mostBytes = maxBlockFrames(sampleRate, channels) * frameBytes;
  const { maxSampleMagnitude } = completeAudioLimits();
  let rest: Uint8Array = new Uint8Array(0);
  let frames = 0;
  for await (const chunk of bytes) {
    const joined = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = joined.length - (joined.length % frameBytes);
    for (let start = 0; start < whole; start += mostBytes) {
      const part = joined.subarray(start, Math.min(whole, start + mostBytes));
      const samples = new Float32Array(part.length / BYTES_PER_SAMPLE[encoding]);
      const count = decodeSamples(encoding, part, samples);
      const bad = isFloatEncoding(encoding) ? findBadSample(samples, count, maxSampleMagnitude) : -1;
      if (bad >= 0) throw noNumber((frames + Math.floor(bad / channels)) / sampleRate);
      frames += count / channels;
      yield samples;
    }
    rest = joined.slice(whole);
  }
  if (rest.length > 0) {
    throw new InvalidInputError(
      'corrupt_audio',
      `${NAME} ends with ${rest.length} bytes of a frame of ${frameBytes}. Say the encoding and channels that it has.`,
    );
  }
}

function noNumber(atSeconds: number): InvalidInputError {
  return new InvalidInputError(
    'corrupt_audio',
    `${NAME}: the sample at ${atSeconds.toFixed(4)} s is no usable number. Is it really f32le?`,
    { details: { atSeconds } },
  );
}
