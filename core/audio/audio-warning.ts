/** Something is wrong with the audio, but a result is still possible. */
export type AudioWarning = {
  readonly code: AudioWarningCode;
  /** What was expected and what came, in seconds of the recording. */
  readonly message: string;
};

/**
 * - `truncated`: the audio ends before the length that its header claims.
 * - `longer_than_header`: it goes on after that length; all of it was read.
 * - `unread`: something else was appended that was not read.
 * - `damaged`: parts could not be decoded.
 * - `audio_tracks`: there are more tracks than the one that was heard.
 * - `opposite_channels`: channels are opposite in phase; their mean would have been silence.
 * - `equal_channels`: channels that were taken for a speaker each hold the same sound.
 */
export type AudioWarningCode = (typeof AUDIO_WARNING_CODES)[number];

export const AUDIO_WARNING_CODES = [
  'truncated',
  'longer_than_header',
  'unread',
  'damaged',
  'audio_tracks',
  'opposite_channels',
  'equal_channels',
] as const;
