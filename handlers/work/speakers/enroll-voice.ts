import { enroll, type Enrollment } from '../../../core/verification/enroll.ts';
import { requireSameSpace } from '../../../core/verification/scores/embedding-space.ts';
import type { Threshold } from '../../../core/verification/scores/threshold.ts';
import type { VoiceScorer } from '../../../core/verification/scores/voice-scorer.ts';
import type { EnrolledVoice, VoiceSample } from '../../../core/verification/voices/voice.ts';
import { voiceName } from '../../../core/verification/voices/voice-name.ts';
import type { VoiceStore } from '../../../core/verification/voices/voice-store.ts';

/** How samples get into a folder of voices. */
export type EnrollVoiceOptions = {
  /** Samples that do not reach it with the mean of the others are left out. */
  readonly threshold?: Threshold | undefined;
  /** Forgets what the voice was made of before. */
  readonly replace?: boolean | undefined;
};

/**
 * Refuses a voice that cannot take samples of this encoder, before they are made.
 *
 * @throws InvalidInputError `invalid_option` for a name, `embedding_space_mismatch`
 */
export async function checkEnrollment(
  store: VoiceStore,
  name: string,
  scorer: VoiceScorer,
  { replace }: EnrollVoiceOptions,
): Promise<void> {
  const before = replace === true ? undefined : await store.find(voiceName(name));
  if (before !== undefined) requireSpaceOf(scorer, before);
}

/**
 * Makes a voice of samples, adds them to one of the folder, or puts a new one in its place.
 *
 * @param samples of one person, at least one
 * @throws as `enroll`, and as the store does
 */
export async function enrollVoice(
  store: VoiceStore,
  name: string,
  samples: readonly VoiceSample[],
  scorer: VoiceScorer,
  { threshold, replace }: EnrollVoiceOptions,
): Promise<Enrollment> {
  const safeName = voiceName(name);
  const learn = (existing: EnrolledVoice | undefined): Enrollment => {
    if (existing !== undefined) requireSpaceOf(scorer, existing);
    return enroll(safeName, samples, scorer, { existing, threshold, now: new Date().toISOString() });
  };
  if (replace === true) {
    const enrollment = learn(undefined);
    await store.replace(enrollment.voice);
    return enrollment;
  }
  let outcome: Enrollment | undefined;
  await store.update(safeName, (existing) => (outcome = learn(existing)).voice);
  return outcome!;
}

function requireSpaceOf({ model }: VoiceScorer, { name, space }: EnrolledVoice): void {
  requireSameSpace(model.space, space, `The voice ${JSON.stringify(name)}`);
}
