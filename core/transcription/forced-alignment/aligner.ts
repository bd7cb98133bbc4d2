import type { ResultWarning } from '../../result/result.ts';
import type { RecognisedSegment } from '../recogniser.ts';

export type AlignOptions = {
  /** ISO 639-1 of the text; `null` where it is not known. */
  readonly language: string | null;
  readonly signal?: AbortSignal | undefined;
};

/** What an aligner gives. */
export type Alignment = {
  /** The segments with words and their times; those that could not be aligned are as they were. */
  readonly segments: readonly RecognisedSegment[];
  readonly warnings: readonly ResultWarning[];
};

/** Gives the words of any recogniser more exact times, from the sound and the text alone. */
export type Aligner = {
  /** Id of the model. */
  readonly id: string;
  /** The execution provider that really runs it. */
  readonly provider: string;
  /** ISO 639-1 codes whose letters it knows. */
  readonly languages: readonly string[];
  /** Calls to keep in flight so that no lane waits. */
  readonly concurrency: number;
  /**
   * @param samples the piece that was recognised, 16 kHz mono
   * @param segments of the piece, in seconds from its start
   * @throws ModelError, CapacityError, CanceledError
   */
  align(
    samples: Float32Array,
    segments: readonly RecognisedSegment[],
    options: AlignOptions,
  ): Promise<Alignment>;
  release(): Promise<void>;
};
