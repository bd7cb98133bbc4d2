/** Results of the tasks about voices: embed, compare, verify, identify. */
import * as z from 'zod';
import { provenanceFields } from './transcript-result.ts';
import { embeddingSpaceSchema, embeddingVector, thresholdSchema } from '../options/voice.ts';
import { SCORE_SCALES } from '../../../core/result/voice-terms.ts';

const seconds = z.number().min(0);

/** How good a sample of a voice is; `reasons` names what is wrong with it. */
export const voiceQualitySchema = z.object({
  speechSeconds: seconds,
  snrDb: z.number().nullable().describe('Estimate; null where there is no pause to measure noise in.'),
  clippedFraction: z.number().min(0).max(1),
  levelDbfs: z.number().nullable().describe('Null for digital silence.'),
  overlapSeconds: seconds,
  reasons: z.array(z.string()),
});

/** One vector for a recording or a part of it. */
export const embedResultSchema = z.object({
  ...provenanceFields,
  space: embeddingSpaceSchema,
  embedding: embeddingVector,
  quality: voiceQualitySchema,
  windows: z
    .array(z.object({ startSeconds: seconds, endSeconds: seconds, embedding: embeddingVector }))
    .exactOptional(),
});

/** What a score says. `llr` and `probability` are null for encoders without calibration, `normalizedScore` without cohort. */
export const scoreFields = {
  score: z.number().min(-1).max(1).describe('Cosine.'),
  llr: z.number().nullable().describe('Calibrated log-likelihood ratio, natural log.'),
  probability: z.number().min(0).max(1).nullable().describe('At equal prior odds.'),
  normalizedScore: z.number().nullable().describe('AS-norm: standard deviations above strangers.'),
} as const;

const decisionFields = {
  ...provenanceFields,
  ...scoreFields,
  threshold: thresholdSchema,
  sameSpeaker: z.boolean(),
  space: embeddingSpaceSchema,
  quality: z.array(voiceQualitySchema).describe('One a recording.'),
} as const;

/** Whether two recordings hold one voice. */
export const compareResultSchema = z.object(decisionFields);

/** Whether a recording is spoken by a known voice. */
export const verifyResultSchema = z.object({ ...decisionFields, voice: z.string() });

/** Which known voice it is, best first; `voice` is null for a stranger. */
export const identifyResultSchema = z.object({
  ...provenanceFields,
  voice: z.string().nullable(),
  margin: z.number().nullable().describe('Lead over the second, on the scale; null with a single voice.'),
  scale: z.enum(SCORE_SCALES),
  threshold: thresholdSchema,
  candidates: z.array(z.object({ voice: z.string(), ...scoreFields })),
  space: embeddingSpaceSchema,
  quality: voiceQualitySchema,
});
