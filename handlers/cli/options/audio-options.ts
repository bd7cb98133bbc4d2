/** Options of all commands that read recordings. */
import { Option } from 'commander';
import { wholeNumber } from './option-parsers.ts';

/** What `audioTrackOption` gives the action. */
export type AudioCliOptions = { readonly audioTrack?: number };

/** More tracks than any film has. */
const MAX_AUDIO_TRACK = 99;

/** `--audio-track`. */
export function audioTrackOption(): Option {
  return new Option(
    '--audio-track <n>',
    'one audio track of several, counted from 0 (default: the default track)',
  ).argParser(wholeNumber('--audio-track', 0, MAX_AUDIO_TRACK));
}
