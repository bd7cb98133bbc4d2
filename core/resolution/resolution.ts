import type { Matrix } from '../math/matrix.ts';
import type { Turn } from '../timeline/turns.ts';
import type { SpeakerClusters } from './cluster-speakers.ts';
import type { LocalSpeakers } from './local-speakers.ts';
import type { FrameActivity, FrameVotes } from './turns/reconstruct.ts';

/** A speaker of the recording. */
export type ResolvedSpeaker = {
  readonly label: string;
  /** Mean of its training embeddings, not renormalised; `null` where none was good enough. */
  readonly centroid: Float32Array | null;
};

/** Something unusual that is no failure. */
export type ResolutionWarning = { readonly code: 'fewer_speakers_than_asked'; readonly message: string };

/** Who spoke when in a recording. */
export type Resolution = {
  /** By start, end, speaker; turns of different speakers may overlap. */
  readonly turns: readonly Turn[];
  /** The same with at most one speaker at a time. */
  readonly exclusiveTurns: readonly Turn[];
  /** Everyone who has a turn, by label. */
  readonly speakers: readonly ResolvedSpeaker[];
  readonly warnings: readonly ResolutionWarning[];
  /** How clear the number of speakers is, 0.5 to 1; absent where nobody knows: it was given, or the method has none. */
  readonly speakerCountConfidence?: number;
  /** Absent where nobody spoke. */
  readonly stages?: ResolutionStages;
};

/** What every stage gave, for tests and diagnosis. Frames are those of the whole recording, rows local speakers. */
export type ResolutionStages = {
  /** People speaking at once by frame, before any cap. */
  readonly counts: Uint8Array;
  readonly local: LocalSpeakers;
  readonly trainingRows: Int32Array;
  readonly clusters: SpeakerClusters;
  /** [row, cluster], see `scoreLocalSpeakers`. */
  readonly scores: Matrix<Float64Array>;
  /** Cluster of each row. */
  readonly assigned: Int32Array;
  readonly votes: FrameVotes;
  readonly activity: FrameActivity;
  readonly exclusiveActivity: FrameActivity;
};
