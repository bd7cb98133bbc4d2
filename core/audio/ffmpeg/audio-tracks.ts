/** Which track of a recording is heard, and what is said about the others. */
import { InvalidInputError } from '../../errors.ts';
import type { AudioWarning } from '../audio-warning.ts';
import type { FfmpegLog } from './ffmpeg-log.ts';
import type { InputStream } from './log-lines.ts';

/** As many tracks are listed in a message. */
const MAX_LISTED = 12;

/**
 * The track that should be heard, where it is not the one that ffmpeg chose: the first default, else the first.
 * ffmpeg would take the one with the most channels, or one that begins earlier.
 *
 * @returns its index over all streams
 */
export function betterTrack(log: FfmpegLog): number | undefined {
  const tracks = audioTracks(log);
  const wanted = tracks.find(({ isDefault }) => isDefault) ?? tracks[0];
  return wanted === undefined || wanted.index === log.chosenStream ? undefined : wanted.index;
}

/** Says that there are more tracks than the one that was heard; `undefined` where there are none. */
export function tracksWarning(log: FfmpegLog, name: string): AudioWarning | undefined {
  const tracks = audioTracks(log);
  if (tracks.length < 2) return undefined;
  const chosen = tracks.findIndex(({ index }) => index === log.chosenStream);
  const listed = tracks.slice(0, MAX_LISTED).map(describe).join(', ');
  const more = tracks.length > MAX_LISTED ? ' …' : '';
  return {
    code: 'audio_tracks',
    message:
      `${name} has ${tracks.length} audio tracks: ${listed}${more}. Track ${chosen} was used; ` +
      'the option for the audio track takes another.',
  };
}

/** The error for a track that is not there. */
export function missingTrack(log: FfmpegLog, name: string, audioTrack: number): InvalidInputError {
  const count = audioTracks(log).length;
  const range = count === 1 ? 'only audio track 0' : `audio tracks 0 to ${count - 1}`;
  return new InvalidInputError('invalid_option', `${name} has ${range}; track ${audioTrack} was asked for.`, {
    details: { audioTracks: count },
  });
}

/** In the order of the file. */
export function audioTracks({ streams }: FfmpegLog): InputStream[] {
  return streams.filter(({ kind }) => kind === 'audio').toSorted((a, b) => a.index - b.index);
}

function describe({ language, isDefault }: InputStream, number: number): string {
  const facts = [language, isDefault ? 'default' : undefined].filter((fact) => fact !== undefined);
  return facts.length === 0 ? String(number) : `${number} (${facts.join(', ')})`;
}
