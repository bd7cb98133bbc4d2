/** The job routes of a Colloquy HTTP server, as far as the client needs them. */
import * as z from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import { errorBodySchema } from './error-body.ts';
import { jobOutputSchema } from './results/job-result.ts';
import { schemaVersion } from './results/schema-version.ts';
import { progressSchema } from './stream-events.ts';

/** States of a job, in the order in which it passes them; it ends in one of the last three. */
export const JOB_REPLY_STATES = ['queued', 'running', 'completed', 'failed', 'canceled'] as const;

/** State of a job. */
export type JobReplyState = (typeof JOB_REPLY_STATES)[number];

/** Reply to `POST /v1/jobs`, `GET /v1/jobs/{id}` and `DELETE /v1/jobs/{id}`. */
export const jobReplySchema = z.object({
  schemaVersion,
  id: z.string().min(1),
  state: z.enum(JOB_REPLY_STATES),
  progress: progressSchema.exactOptional(),
  output: jobOutputSchema.exactOptional(),
  error: errorBodySchema.exactOptional(),
});

export type JobReply = DeepReadonly<z.infer<typeof jobReplySchema>>;

/** Reply to `GET /v1/jobs/{id}/events` for those who ask for JSON: what there is after `Last-Event-ID`, without waiting. */
export const jobEventsReplySchema = z.object({
  schemaVersion,
  /** Before the events were looked at: where it has ended and there are none, none will come. */
  state: z.enum(JOB_REPLY_STATES),
  events: z.array(z.unknown()),
  lastEventId: z.int().min(0),
});

export type JobEventsReply = DeepReadonly<z.infer<typeof jobEventsReplySchema>>;
