import * as z from 'zod';
import { SCORE_SCALES } from '../../../core/result/voice-terms.ts';

/** Voices that one job may name. */
export const MAX_VOICES = 10_000;

/** Where a vector comes from. Vectors of different spaces are never compared. */
export const embeddingSpaceSchema = z.strictObject({
  model: z.string().min(1).max(128).describe('Speaker encoder by name.'),
  fingerprint: z
    .string()
    .min(1)
    .max(128)
    .describe('Hash of the model file and the version of its front end.'),
  dimension: z.int().min(1).max(4096),
});

/** A speaker embedding: biometric data. */
export const embeddingVector = z.array(z.number()).min(1).max(4096);

/** A known voice inside a job. */
export const voiceSchema = z
  .strictObject({
    name: z.string().min(1).max(128),
    space: embeddingSpaceSchema,
    embedding: embeddingVector,
    speechSeconds: z
      .number()
      .positive()
      .max(1_000_000)
      .exactOptional()
      .describe('Speech that it is made of; short speech counts for less. Default: unknown.'),
  })
  .refine(({ space, embedding }) => embedding.length === space.dimension, {
    path: ['embedding'],
    error: 'expected as many numbers as space.dimension says',
  });

/** A decision border and the scale that it lives on. */
export const thresholdSchema = z.strictObject({ scale: z.enum(SCORE_SCALES), value: z.number() });

/** Fields of tasks that decide "same speaker or not". */
export const decisionFields = {
  threshold: thresholdSchema
    .exactOptional()
    .describe('The decision border. Default: a likelihood ratio of 1, as the model is calibrated.'),
} as const;
