/**
 * Who spoke when, and who said what: the wire form of `core/result/result.ts`.
 *
 * Results are open objects: a newer worker may add fields, an older client passes them on.
 */
import * as z from 'zod';
import { embeddingSpaceSchema, embeddingVector } from '../options/voice.ts';
import { schemaVersion } from './schema-version.ts';

const seconds = z.number().min(0);
const confidence = z.number().min(0).max(1);
const span = { startSeconds: seconds, endSeconds: seconds };

/** Reduced quality or something unusual that is no failure. */
export const warningSchema = z.object({ code: z.string(), message: z.string() });

/** What every result of a recording says about how it was made. */
export const provenanceFields = {
  schemaVersion,
  durationSeconds: seconds,
  models: z.array(z.object({ id: z.string(), task: z.string(), sha256: z.string().exactOptional() })),
  provider: z.string().describe('The execution provider that was really used: cpu, cuda.'),
  timings: z.record(z.string(), z.number()).describe('Seconds of work by stage.'),
  warnings: z.array(warningSchema),
} as const;

/** What one speaker contributed. */
export const speakerSummarySchema = z.object({
  label: z.string().describe('SPEAKER_00, SPEAKER_01 by order of first speech, or an enrolled name.'),
  name: z.string().exactOptional().describe('What to show instead of the label.'),
  speakingSeconds: seconds,
  turnCount: z.int().min(0),
  wordCount: z.int().min(0).exactOptional(),
  wordsPerMinute: z.number().min(0).exactOptional(),
  interruptionCount: z.int().min(0).exactOptional(),
});

/** An interval in which one speaker speaks. */
export const turnSchema = z.object({ ...span, speaker: z.string(), confidence: confidence.exactOptional() });

const diarizationFields = {
  ...provenanceFields,
  speakers: z.array(speakerSummarySchema),
  speakerCountConfidence: confidence
    .exactOptional()
    .describe('How clear the number of speakers is: 1 certain, 0.5 a guess; absent where it was given.'),
  turns: z.array(turnSchema).describe('By start, end, speaker; turns of different speakers may overlap.'),
  exclusiveTurns: z.array(turnSchema).describe('The same with at most one speaker at a time.'),
} as const;

/** An embedding of each speaker, where it was asked for. */
export const speakerEmbeddingsSchema = z.object({
  space: embeddingSpaceSchema,
  vectors: z.array(z.object({ speaker: z.string(), embedding: embeddingVector })),
});

/** Who spoke when. */
export const diarizationResultSchema = z.object({
  ...diarizationFields,
  speakerEmbeddings: speakerEmbeddingsSchema.exactOptional(),
});

/** A word with its time and speaker; `speaker` is null where nobody is near. */
export const wordSchema = z.object({
  ...span,
  text: z.string(),
  spaceBefore: z
    .boolean()
    .exactOptional()
    .describe('Whether a space stands before it; where absent, the scripts of the two words say it.'),
  confidence: confidence.exactOptional(),
  speaker: z.string().nullable(),
  overlapped: z.boolean().exactOptional(),
});

/** Consecutive words of one speaker. */
export const utteranceSchema = z.object({
  ...span,
  speaker: z.string().nullable(),
  text: z.string(),
  words: z.array(wordSchema),
  overlapped: z.boolean().exactOptional(),
});

/** Silence between two words; `afterWord` is the index of the word before it. */
export const pauseSchema = z.object({
  ...span,
  afterWord: z.int().min(0),
  speakerBefore: z.string().nullable(),
  speakerAfter: z.string().nullable(),
});

/** Who said what. */
export const transcriptResultSchema = z.object({
  ...diarizationFields,
  language: z.string().nullable().describe('ISO 639-1 code, null where it is not known.'),
  utterances: z.array(utteranceSchema),
  words: z.array(wordSchema).describe('Every word of all utterances, by start.'),
  pauses: z.array(pauseSchema),
});
