import * as z from 'zod';
import { errorBodySchema } from './error-body.ts';
import { JOB_REPLY_STATES } from './job-reply.ts';
import { schemaVersion } from './results/schema-version.ts';
import { progressSchema } from './stream-events.ts';

/** A job in a list: without its output. */
const listedJobSchema = z.object({
  schemaVersion,
  id: z.string().min(1),
  state: z.enum(JOB_REPLY_STATES),
  task: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().exactOptional(),
  position: z.int().exactOptional().describe('In the queue, from 1.'),
  progress: progressSchema.exactOptional(),
  error: errorBodySchema.exactOptional(),
  recordings: z.array(z.string()),
});

/** Reply to `GET /v1/jobs`. */
export const jobListSchema = z.object({
  schemaVersion,
  jobs: z.array(listedJobSchema),
  nextCursor: z.string().nullable().describe('Names the next page; null on the last.'),
});
