import { findPreset } from '../../../core/diarization/presets.ts';
import type { SpeakerNaming } from '../../../core/engine/tasks/diarize-task.ts';
import { requireSameSpace } from '../../../core/verification/scores/embedding-space.ts';
import type { EmbeddingSpace } from '../../../core/result/voice-terms.ts';
import type { Threshold } from '../../../core/verification/scores/threshold.ts';
import { checkDistinctNames } from '../../../core/verification/voices/voice-name.ts';
import { VoiceScorer } from '../../../core/verification/scores/voice-scorer.ts';
import type { ModelStore } from '../../../models/store.ts';
import { scoringModel } from './speaker-setup.ts';

/** A known voice of a job. */
export type JobVoice = {
  readonly name: string;
  readonly space: EmbeddingSpace;
  readonly embedding: ArrayLike<number>;
  /** Of speech that it is made of; absent where nobody knows. */
  readonly speechSeconds?: number | undefined;
};

/**
 * What names the speakers of a diarized recording; undefined where no voices are known. All that can be wrong with the
 * voices is found here, before the recording is worked on.
 *
 * @throws InvalidInputError `embedding_space_mismatch`, `invalid_file` (vectors), `invalid_option` (threshold, names)
 */
export async function speakerNaming(
  store: ModelStore,
  presetName: string,
  options: {
    readonly voices?: readonly JobVoice[] | undefined;
    readonly threshold?: Threshold | undefined;
  } = {},
): Promise<SpeakerNaming | undefined> {
  const { voices, threshold } = options;
  if (voices === undefined || voices.length === 0) return undefined;
  const scoring = await scoringModel(store, findPreset(presetName).embeddingModel);
  const scorer = new VoiceScorer(scoring);
  scorer.thresholdOrDefault(threshold);
  checkDistinctNames(voices.map(({ name }) => name));
  for (const { name, space, embedding } of voices) {
    const what = `The voice ${JSON.stringify(name)}`;
    requireSameSpace(scoring.space, space, what);
    scorer.prepare(embedding, what);
  }
  return {
    scoring,
    threshold,
    voices: voices.map(({ name, embedding, speechSeconds }) => ({
      name,
      vector: Float32Array.from(embedding),
      speechSeconds,
    })),
  };
}
