/** Voices that a server keeps: what it says of them, and what comes of enrolling one. */
import * as z from 'zod';
import { errorBodySchema } from '../error-body.ts';
import { schemaVersion } from './schema-version.ts';
import { voiceQualitySchema } from './speaker-results.ts';
import { embeddingSpaceSchema, embeddingVector } from '../options/voice.ts';

const voiceFields = {
  name: z.string().min(1),
  space: embeddingSpaceSchema,
  sampleCount: z.int().min(0),
  speechSeconds: z.number().min(0).describe('Speech that it is made of; 0 where nobody knows.'),
  needsEnrollingAnew: z.boolean().describe('Of another encoder than the one that enrols now.'),
  createdAt: z.string(),
  updatedAt: z.string(),
};

/** A voice that a server keeps. */
export const enrolledVoiceSchema = z.object({
  ...voiceFields,
  embedding: embeddingVector.exactOptional().describe('With include=embedding alone: biometric data.'),
});

/** Reply to `GET /v1/voices`. */
export const voiceListSchema = z.object({ schemaVersion, voices: z.array(enrolledVoiceSchema) });

/** What became of one sample: taken, left out because it does not match the others, or not usable. */
const enrolledSampleSchema = z.object({
  name: z.string(),
  accepted: z.boolean(),
  score: z
    .number()
    .exactOptional()
    .describe('Against the mean of the others, of a sample that was left out.'),
  quality: voiceQualitySchema.exactOptional(),
  error: errorBodySchema.exactOptional(),
});

/** Reply to `PUT /v1/voices/{name}`. */
export const enrollReplySchema = z.object({
  schemaVersion,
  ...voiceFields,
  samples: z.array(enrolledSampleSchema),
});
