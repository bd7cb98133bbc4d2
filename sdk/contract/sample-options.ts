import * as z from 'zod';
import { audioFields } from './audio-options.ts';
import { modelName } from './speaker-options.ts';
import { SPEECH_FINDERS } from '../../core/result/voice-terms.ts';

const share = z.number().min(0).max(1).exactOptional();

/** Limits that a sample of a voice must keep; those left out are the worker's own. */
const qualityLimitsSchema = z.strictObject({
  minSpeechSeconds: z.number().min(0.1).max(3600).exactOptional(),
  minSnrDb: z.number().min(-100).max(100).exactOptional(),
  minLevelDbfs: z.number().min(-200).max(0).exactOptional(),
  maxClippedFraction: share,
  maxOverlapShare: share,
  maxOtherSpeakerShare: share,
});

/** Fields of tasks that turn a recording into a vector. */
export const sampleFields = {
  ...audioFields,
  model: modelName.exactOptional().describe('Speaker encoder by name.'),
  speech: z
    .enum(SPEECH_FINDERS)
    .exactOptional()
    .describe(
      'What finds the speech: a voice activity detector (vad), speaker segmentation, both, or nothing (none).',
    ),
  qualityLimits: qualityLimitsSchema.exactOptional().describe('What a sample must be like to be taken.'),
  acceptPoorQuality: z
    .boolean()
    .exactOptional()
    .describe('Name what is wrong with a sample in its result instead of failing.'),
} as const;
