import * as z from 'zod';
import { errorBodySchema } from './error-body.ts';
import { TASKS } from './job-input.ts';
import { schemaVersion } from './results/schema-version.ts';

/**
 * Body of a signed webhook: that a job has ended, not its result. Ask for that by `jobId`; the message stays small,
 * and nothing private is sent to an address that somebody typed.
 */
export const webhookEventSchema = z.object({
  schemaVersion,
  type: z.enum(['job.completed', 'job.failed']),
  timestamp: z.iso.datetime(),
  data: z.object({
    jobId: z.string(),
    task: z.enum(TASKS).exactOptional().describe('Absent where the job named no task that we know.'),
    idempotencyKey: z.string().exactOptional(),
    metadata: z.record(z.string(), z.unknown()).exactOptional(),
    error: errorBodySchema.exactOptional(),
  }),
});
