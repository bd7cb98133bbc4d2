/** What the similarity of two voices says. */
export type VoiceScore = {
  /** Cosine of the centred vectors, in [-1, 1]. */
  readonly score: number;
  /** Calibrated natural-log likelihood ratio; null for an encoder without calibration. */
  readonly llr: number | null;
  /** Of one speaker, at equal prior odds; null likewise. */
  readonly probability: number | null;
  /** By AS-norm; null for an encoder without cohort. */
  readonly normalizedScore: number | null;
};
