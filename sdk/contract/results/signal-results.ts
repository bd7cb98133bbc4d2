/** Results of the tasks about the signal: detect-speech, loudness. */
import * as z from 'zod';
import { provenanceFields } from './transcript-result.ts';

const seconds = z.number().min(0);
const level = z.number().nullable();

/** Where somebody speaks. */
export const detectSpeechResultSchema = z.object({
  ...provenanceFields,
  speechSeconds: seconds,
  segments: z.array(z.object({ startSeconds: seconds, endSeconds: seconds })),
  probabilities: z
    .object({ hopSeconds: z.number().positive(), values: z.array(z.number().min(0).max(1)) })
    .exactOptional(),
});

/** Levels; null where the recording is too quiet or too short for the measure. */
export const loudnessResultSchema = z.object({
  ...provenanceFields,
  rmsDbfs: level,
  peakDbfs: level,
  truePeakDbtp: level,
  integratedLufs: level,
  maxMomentaryLufs: level,
  maxShortTermLufs: level,
  loudnessRangeLu: level,
  meanAbsolute: z.number().min(0).describe('Mean of absolute sample values, as older tools report it.'),
});
