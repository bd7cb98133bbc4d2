import type { EmbeddingSpace } from '../../../core/result/voice-terms.ts';
import { isSameSpace } from '../../../core/verification/scores/embedding-space.ts';
import { type EnrolledVoice, speechSecondsOf } from '../../../core/verification/voices/voice.ts';

/** What is told of a voice: everything but its vectors. */
export function voiceFacts(voice: EnrolledVoice, current: EmbeddingSpace) {
  const { name, space, samples, createdAt, updatedAt } = voice;
  return {
    name,
    space,
    sampleCount: samples.length,
    speechSeconds: speechSecondsOf(samples) ?? 0,
    needsEnrollingAnew: !isSameSpace(space, current),
    createdAt,
    updatedAt,
  };
}
