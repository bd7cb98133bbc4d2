import type { EmbeddingSpace } from '../../result/voice-terms.ts';
import type { VoiceQuality } from '../../result/voice-terms.ts';

/** One recording of a voice: its vector and how good it is; no audio. */
export type VoiceSample = {
  /** Unit length, not centred. */
  readonly vector: Float32Array;
  /** Null for a vector that was imported. */
  readonly quality: VoiceQuality | null;
};

/** An enrolled voice: biometric data. */
export type EnrolledVoice = {
  readonly name: string;
  readonly space: EmbeddingSpace;
  /** What is compared: the mean of the samples, unit length, not centred. */
  readonly vector: Float32Array;
  readonly samples: readonly VoiceSample[];
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** Speech that a voice is made of, seconds; undefined where it was imported, so that nobody knows. */
export function speechSecondsOf(samples: readonly VoiceSample[]): number | undefined {
  const known = samples.flatMap(({ quality }) => (quality === null ? [] : [quality.speechSeconds]));
  return known.length === 0 ? undefined : known.reduce((sum, seconds) => sum + seconds, 0);
}
