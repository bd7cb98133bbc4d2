import { InvalidInputError } from '../errors.ts';

/** The error of a recording without a single sample: even silence has some. */
export function noSamples(name = 'The recording'): InvalidInputError {
  return new InvalidInputError('audio_too_short', `${name} holds no audio samples.`);
}
