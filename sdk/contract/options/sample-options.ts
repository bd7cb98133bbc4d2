import * as z from 'zod';
import { audioFields, channelField } from './audio-options.ts';
import { modelName } from './speaker-options.ts';
import { SPEECH_FINDERS } from '../../../core/result/voice-terms.ts';

const share = (description: string) => z.number().min(0).max(1).exactOptional().describe(description);

/** Limits that a sample of a voice must keep; those left out are the worker's own. */
const qualityLimitsSchema = z.strictObject({
  minSpeechSeconds: z
    .number()
    .min(0.1)
    .max(3600)
    .exactOptional()
    .describe('Least speech. Default: 0.5 s; 3 s to enrol.'),
  minSnrDb: z
    .number()
    .min(-100)
    .max(100)
    .exactOptional()
    .describe('Least level of speech above the noise. Default: 0 dB; 6 dB to enrol.'),
  minLevelDbfs: z
    .number()
    .min(-200)
    .max(0)
    .exactOptional()
    .describe('Least level of speech. Default: -65 dBFS; -55 dBFS to enrol.'),
  maxClippedFraction: share('Largest part of the samples at full scale. Default: 0.1; 0.02 to enrol.'),
  maxOverlapShare: share('Largest part of the speech with two voices at once. Default: 0.3; 0.15 to enrol.'),
  maxOtherSpeakerShare: share(
    'Largest part of the speech that is of somebody else. Default: 0.2; 0.1 to enrol.',
  ),
});

/** Fields of tasks that turn a recording into a vector. */
export const sampleFields = {
  ...audioFields,
  ...channelField,
  model: modelName
    .exactOptional()
    .describe('Speaker encoder by name. Default: campplus-zh-en; that of the voice where there is one.'),
  speech: z
    .enum(SPEECH_FINDERS)
    .exactOptional()
    .describe(
      'What finds the speech: a voice activity detector (vad), speaker segmentation, both, or nothing (none). Default: both.',
    ),
  qualityLimits: qualityLimitsSchema
    .exactOptional()
    .describe('What a sample must be like to be taken. Default: those of each limit.'),
  acceptPoorQuality: z
    .boolean()
    .exactOptional()
    .describe('Name what is wrong with a sample in its result instead of failing. Default: false.'),
} as const;
