import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const SAMPLES = join(import.meta.dirname, '../../samples');
const WAV_HEADER_BYTES = 44;
const SAMPLE_RATE = 16_000;
/** Each side of the call is open a little longer than its speaker speaks. */
const MARGIN_SECONDS = 0.1;

/** The sound of `samples/library.wav`, 16-bit. */
export function librarySound(seconds = 72): Int16Array {
  const bytes = readFileSync(join(SAMPLES, 'library.wav'));
  const count = Math.min(seconds * SAMPLE_RATE, (bytes.length - WAV_HEADER_BYTES) / 2);
  return Int16Array.from({ length: count }, (_, i) => bytes.readInt16LE(WAV_HEADER_BYTES + 2 * i));
}

/**
 * The sample as a call: Ann on the first channel, Bob on the second, by the exact turns of its RTTM.
 *
 * @param leak how loud each is heard on the other's side, as a factor
 * @returns for each channel its samples
 */
export function libraryAsCall(seconds: number, leak: number): [Int16Array, Int16Array] {
  const sound = librarySound(seconds);
  const sides = [sound.map((value) => value * leak), sound.map((value) => value * leak)] as [
    Int16Array,
    Int16Array,
  ];
  for (const line of readFileSync(join(SAMPLES, 'library.rttm'), 'utf8').trim().split('\n')) {
    const [, , , start, duration, , , name] = line.split(/\s+/);
    const from = Math.max(0, Math.floor((Number(start) - MARGIN_SECONDS) * SAMPLE_RATE));
    const to = Math.floor((Number(start) + Number(duration) + MARGIN_SECONDS) * SAMPLE_RATE);
    sides[name === 'ANN' ? 0 : 1].set(sound.subarray(from, to), Math.min(from, sound.length));
  }
  return sides;
}

/** Samples of several channels, sample by sample, as bytes for `wavBytes`. */
export function interleaved(channels: readonly Int16Array[]): Uint8Array {
  const length = channels[0]!.length;
  const frames = new Int16Array(length * channels.length);
  for (let i = 0; i < length; i++) {
    for (const [channel, samples] of channels.entries()) frames[i * channels.length + channel] = samples[i]!;
  }
  return new Uint8Array(frames.buffer);
}

/** As the core hears it: blocks of at most a second, full scale 1. */
export async function* channelBlocks(
  channels: readonly Int16Array[],
  blockSamples = SAMPLE_RATE,
): AsyncGenerator<readonly Float32Array[]> {
  for (let start = 0; start < channels[0]!.length; start += blockSamples) {
    yield await Promise.resolve(
      channels.map((samples) =>
        Float32Array.from(samples.subarray(start, start + blockSamples), (v) => v / 32_768),
      ),
    );
  }
}
