/** What a running job says: posted as progress, or yielded as parts of a stream. */
import * as z from 'zod';
import { errorBodySchema } from './error-body.ts';
import { jobOutputSchema } from './results/job-result.ts';
import { schemaVersion } from './results/schema-version.ts';
import { turnSchema, utteranceSchema, warningSchema } from './results/transcript-result.ts';

const about = { schemaVersion, index: z.int().min(0).describe('Which recording of the job.') };

/** How far a job is. */
export const progressSchema = z.object({
  ...about,
  type: z.literal('progress'),
  stage: z.string().describe('fetch, decode, observe, cluster, recognise, render …'),
  done: z.number().min(0).describe('In the unit of `total`.'),
  total: z.number().min(0).nullable().describe('Null where the end is not known.'),
  etaSeconds: z.number().min(0).exactOptional(),
});

/** One event of a running job. */
export const streamEventSchema = z.discriminatedUnion('type', [
  progressSchema,
  z.object({ ...about, type: z.literal('turn'), turn: turnSchema }).describe('A turn that is final.'),
  z
    .object({ ...about, type: z.literal('utterance'), utterance: utteranceSchema })
    .describe('An utterance that is final.'),
  z.object({ ...about, type: z.literal('warning'), warning: warningSchema }),
  z.object({ ...about, type: z.literal('error'), error: errorBodySchema }).describe('This recording failed.'),
  z
    .object({ schemaVersion, type: z.literal('result'), output: jobOutputSchema })
    .describe('The end of a stream.'),
]);
