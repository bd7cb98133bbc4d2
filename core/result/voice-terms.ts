/** What results, options and the wire contract say about voices, in one place for all of them. */

/** Where a vector comes from. Vectors of different spaces are never compared. */
export type EmbeddingSpace = {
  /** Id of the encoder in models/manifest.json. */
  readonly model: string;
  /** Hash of the model file and the version of its front end, see `spaceFingerprint`. */
  readonly fingerprint: string;
  readonly dimension: number;
};

/**
 * `cosine`: of centred vectors; `llr`: calibrated natural-log likelihood ratio; `probability`: of one speaker at equal
 * prior odds; `as-norm`: standard deviations above the scores with strangers, for encoders with a cohort.
 */
export const SCORE_SCALES = ['cosine', 'llr', 'probability', 'as-norm'] as const;
/** A scale of scores. */
export type ScoreScale = (typeof SCORE_SCALES)[number];

/**
 * What finds the speech of a recording: `vad` Silero; `segmentation` the network of diarization, which hears overlap and
 * other voices too; `both` speech by the first, overlap and voices by the second; `none` takes everything.
 */
export const SPEECH_FINDERS = ['both', 'vad', 'segmentation', 'none'] as const;
export type SpeechFinder = (typeof SPEECH_FINDERS)[number];

/** What can be wrong with a sample, by what `reasons` calls it. */
export const QUALITY_REASONS = [
  'little_speech',
  'noisy',
  'clipped',
  'quiet',
  'overlap',
  'several_speakers',
] as const;
export type QualityReason = (typeof QUALITY_REASONS)[number];

/** How good a sample of a voice is. */
export type VoiceQuality = {
  /** Speech of one person at a time. */
  readonly speechSeconds: number;
  /** Speech over the level of the pauses; null where there is no pause to measure noise in. */
  readonly snrDb: number | null;
  /** Share of the speech samples at full scale. */
  readonly clippedFraction: number;
  /** RMS of the speech; null for digital silence, and without speech. */
  readonly levelDbfs: number | null;
  readonly overlapSeconds: number;
  /** What is wrong with the sample, by the limits that it was measured with; empty for a good one. */
  readonly reasons: readonly QualityReason[];
};
