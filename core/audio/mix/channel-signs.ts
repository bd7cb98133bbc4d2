/** Which channels of a stretch have to be turned over, so that the mean of all keeps what was said. */

/**
 * Power of the mean, in units of what channels of different sound leave (1; equal channels leave their number,
 * opposite ones 0): below the first it is taken for lost, above the second for safe again. Between them everything stays
 * as it was. For two channels these are correlations of -0.8 and -0.5: two microphones in a room do not come near.
 */
const LOST = 0.2;
const SAFE = 0.5;

/** Mean power of the channels (-60 dB of full scale) below which a stretch is a pause and says nothing. */
const QUIETEST_POWER = 1e-6;

/** Correlation with the loudest channel from which on another one is its opposite. */
const OPPOSITE = -0.5;

/**
 * @param frames [frameCount, channels], row-major
 * @param before the signs of the stretch before
 * @returns for each channel 1, or -1 where it is turned over
 */
export function channelSigns(frames: Float32Array, before: readonly number[]): readonly number[] {
  const channels = before.length;
  const powers = powersOf(frames, channels);
  const total = powers.reduce((sum, power) => sum + power, 0);
  if (total / channels < QUIETEST_POWER) return before;
  const left = (meanPower(frames, channels) * channels ** 2) / total;
  if (left > SAFE) return before.map(() => 1);
  return left < LOST ? turned(frames, powers, before) : before;
}

/** Opposites of the loudest channel are turned over; all or none of the rest with them, whichever changes less. */
function turned(
  frames: Float32Array,
  powers: readonly number[],
  before: readonly number[],
): readonly number[] {
  const loudest = powers.indexOf(Math.max(...powers));
  const signs = powers.map((power, channel) => {
    const scale = Math.sqrt(power * powers[loudest]!);
    return scale > 0 && product(frames, powers.length, channel, loudest) / scale < OPPOSITE ? -1 : 1;
  });
  const likeness = signs.reduce((sum, sign, channel) => sum + sign * before[channel]!, 0);
  const isTurned = likeness < 0 || (likeness === 0 && signs[0]! < 0);
  return isTurned ? signs.map((sign) => -sign) : signs;
}

function powersOf(frames: Float32Array, channels: number): number[] {
  return Array.from({ length: channels }, (_, channel) => product(frames, channels, channel, channel));
}

/** Mean product of two channels. */
function product(frames: Float32Array, channels: number, first: number, second: number): number {
  let sum = 0;
  for (let i = 0; i < frames.length; i += channels) sum += frames[i + first]! * frames[i + second]!;
  return (sum * channels) / frames.length;
}

function meanPower(frames: Float32Array, channels: number): number {
  let power = 0;
  for (let i = 0; i < frames.length; i += channels) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += frames[i + channel]!;
    power += (sum / channels) ** 2;
  }
  return (power * channels) / frames.length;
}
