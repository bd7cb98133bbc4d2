/** How the speech of a recording is cut for an encoder whose trunk must hear one person at a time. */
import { type KaldiFbankOptions, THREE_D_SPEAKER_FBANK } from '../../dsp/kaldi-fbank.ts';
import type { CentringMeans } from '../centring.ts';

export type PureStretchRules = {
  readonly frontEnd: KaldiFbankOptions;
  /** A pause of up to so many seconds does not end a stretch. */
  readonly maxPauseSeconds: number;
  /** What goes through the trunk at once. */
  readonly maxPieceSeconds: number;
  /** Shorter pieces are left out. */
  readonly minPieceSeconds: number;
  /** A longer stretch is ended, so that nobody waits for the end of a monologue. */
  readonly maxStretchSeconds: number;
  /** Frames of the trunk (20 ms) that a local speaker needs for an embedding. */
  readonly minPooledFrames: number;
};

/**
 * Of the method's own measurements (docs/diarization.md): pieces of 3 s are long enough for the encoder and leave short
 * runs to spread over lanes, 0.3 s are 30 frames, less than what the trunk was ever trained on. 30 s is ours: stretches
 * that long are cut into ten pieces or more anyway, so that one border more or less changes next to nothing.
 */
export const DEFAULT_PURE_STRETCH_RULES: PureStretchRules = Object.freeze({
  frontEnd: THREE_D_SPEAKER_FBANK,
  maxPauseSeconds: 0.5,
  maxPieceSeconds: 3,
  minPieceSeconds: 0.3,
  maxStretchSeconds: 30,
  minPooledFrames: 15,
});

export type PureStretchOptions = {
  /** Taken away from every embedding; absent: embeddings stay as the network gives them, of any length. */
  readonly means?: CentringMeans | undefined;
  readonly rules: PureStretchRules;
};
