import { InvalidInputError } from '../errors.ts';

/** What audio may ask of this machine. Every limit is enforced before the expensive step. */
export type AudioLimits = {
  /** @default 4,000 Hz */
  readonly minSampleRate: number;
  /** @default 1,411,200 Hz */
  readonly maxSampleRate: number;
  /** @default 32 */
  readonly maxChannels: number;
  /** Holds for the length that a header claims and for the length that is really decoded. @default 24 hours */
  readonly maxDurationSeconds: number;
  /** Largest |sample| of a float file, where full scale is 1. @default 2^32 */
  readonly maxSampleMagnitude: number;
  /** Bytes of a WAV file before its samples. @default 16 MiB */
  readonly maxHeaderBytes: number;
  /** Chunks of a WAV file before its samples. @default 1,000 */
  readonly maxHeaderChunks: number;
  /** Size of the temporary copy of a stream whose format needs seeking. @default 2 GiB */
  readonly maxSpoolBytes: number;
  /** Address space of the decoder process. @default 1 GiB */
  readonly maxDecoderMemoryBytes: number;
};

/** Limits that hold where none are given; each with its reason. */
export const DEFAULT_AUDIO_LIMITS: AudioLimits = Object.freeze({
  // Below 4 kHz no speech model works; DSD at four times the rate of the SACD becomes 1.4 MHz.
  minSampleRate: 4_000,
  maxSampleRate: 1_411_200,
  // The largest microphone arrays and studio recorders that hand out one file.
  maxChannels: 32,
  // A day of a running recorder: more than any meeting, and a bound for hours of computing.
  maxDurationSeconds: 24 * 3600,
  // Float files scaled like 32-bit integers reach 2^31; above that, squares soon overflow float32.
  maxSampleMagnitude: 2 ** 32,
  // Cover art and broadcast metadata take a few megabytes; more in front of the samples is an attack.
  maxHeaderBytes: 16 * 2 ** 20,
  maxHeaderChunks: 1_000,
  // An hour of video with sound, or ten days of compressed speech.
  maxSpoolBytes: 2 * 2 ** 30,
  // ffmpeg needs about 300 MB of address space (mostly shared libraries) for every format we allow.
  maxDecoderMemoryBytes: 2 ** 30,
});

/**
 * Fills in the defaults.
 *
 * @throws InvalidInputError `invalid_option` for an unknown name or a value that is no positive number
 */
export function completeAudioLimits(limits: Partial<AudioLimits> = {}): AudioLimits {
  for (const [name, value] of Object.entries(limits)) {
    if (!(name in DEFAULT_AUDIO_LIMITS)) {
      const known = Object.keys(DEFAULT_AUDIO_LIMITS).join(', ');
      throw new InvalidInputError('invalid_option', `Unknown audio limit ${name}; known are ${known}.`);
    }
    if (!Number.isFinite(value) || value <= 0) {
      throw new InvalidInputError(
        'invalid_option',
        `Audio limit ${name} must be a positive number, got ${value}.`,
      );
    }
  }
  return { ...DEFAULT_AUDIO_LIMITS, ...limits };
}

/**
 * Refuses formats outside the limits.
 *
 * @throws InvalidInputError `corrupt_audio` for zero channels or rate, else `unsupported_audio`
 */
export function checkAudioFormat(
  name: string,
  channels: number,
  sampleRate: number,
  limits: AudioLimits,
): void {
  const details = { channels, sampleRate };
  if (channels < 1 || sampleRate <= 0) {
    const found = `${channels} channels at ${sampleRate} Hz`;
    throw new InvalidInputError('corrupt_audio', `${name} claims ${found}; the file is damaged.`, {
      details,
    });
  }
  if (channels > limits.maxChannels) {
    const expected = `at most ${limits.maxChannels} are supported; split or mix them first`;
    throw new InvalidInputError('unsupported_audio', `${name} has ${channels} channels; ${expected}.`, {
      details,
    });
  }
  if (sampleRate < limits.minSampleRate || sampleRate > limits.maxSampleRate) {
    const expected = `expected ${limits.minSampleRate} to ${limits.maxSampleRate} Hz; convert it first`;
    throw new InvalidInputError('unsupported_audio', `${name} is sampled at ${sampleRate} Hz; ${expected}.`, {
      details,
    });
  }
}

/** @throws InvalidInputError `audio_too_long` */
export function checkDuration(name: string, seconds: number, limits: AudioLimits): void {
  if (seconds <= limits.maxDurationSeconds) return;
  throw new InvalidInputError(
    'audio_too_long',
    `${name} is longer than the limit of ${limits.maxDurationSeconds} s; cut it, or raise maxDurationSeconds.`,
    { details: { maxDurationSeconds: limits.maxDurationSeconds } },
  );
}
