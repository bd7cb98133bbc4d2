import { InvalidInputError } from '../../errors.ts';

/** What the file says of its samples. */
export type EncodeWavOptions = {
  readonly sampleRate: number;
  /** Channels of the interleaved samples. @default 1 */
  readonly channels?: number;
  /** `pcm16` rounds to the nearest step and clips at full scale; `float32` keeps every bit. @default 'pcm16' */
  readonly encoding?: 'pcm16' | 'float32';
};

/**
 * A whole WAV file.
 *
 * @param samples interleaved, full scale 1
 * @throws InvalidInputError `invalid_option` when the samples are no whole frames or need more than 4 GB
 */
export function encodeWav(samples: Float32Array, options: EncodeWavOptions): Uint8Array<ArrayBuffer> {
  const { sampleRate, channels = 1, encoding = 'pcm16' } = options;
  const bytesPerSample = encoding === 'pcm16' ? 2 : 4;
  const dataBytes = samples.length * bytesPerSample;
  if (samples.length % channels !== 0) {
    throw new InvalidInputError(
      'invalid_option',
      `${samples.length} samples are no whole frames of ${channels} channels.`,
    );
  }
  if (dataBytes > 0xffff_ffff - 36) {
    throw new InvalidInputError(
      'invalid_option',
      `A WAV file holds less than 4 GB, got ${dataBytes} bytes of samples.`,
    );
  }
  const file = new Uint8Array(44 + dataBytes);
  const view = new DataView(file.buffer);
  writeText(file, 0, 'RIFF');
  view.setUint32(4, 36 + dataBytes, true);
  writeText(file, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, encoding === 'pcm16' ? 1 : 3, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * bytesPerSample, true);
  view.setUint16(32, channels * bytesPerSample, true);
  view.setUint16(34, 8 * bytesPerSample, true);
  writeText(file, 36, 'data');
  view.setUint32(40, dataBytes, true);
  for (let i = 0; i < samples.length; i++) {
    if (encoding === 'pcm16') view.setInt16(44 + 2 * i, toInt16(samples[i]!), true);
    else view.setFloat32(44 + 4 * i, samples[i]!, true);
  }
  return file;
}

function toInt16(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
}

function writeText(file: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) file[offset + i] = text.charCodeAt(i);
}
