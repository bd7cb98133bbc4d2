/** Something is wrong with the audio, but a result is still possible. */
export type AudioWarning = {
  readonly code: AudioWarningCode;
  /** What was expected and what came, in seconds of the recording. */
  readonly message: string;
};

/**
 * - `truncated`: the audio ends before the length that its header claims.
 * - `damaged`: parts could not be decoded; what is left was joined.
 */
export type AudioWarningCode = (typeof AUDIO_WARNING_CODES)[number];

export const AUDIO_WARNING_CODES = ['truncated', 'damaged'] as const;
