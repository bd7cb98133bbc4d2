import * as z from 'zod';
import type { DeepReadonly } from '../../../sdk/contract/deep-readonly.ts';
import {
  errorBodySchema,
  JOB_REPLY_STATES,
  type JobInput,
  type StreamEvent,
} from '../../../sdk/contract/index.ts';

/** Audio of a job that waits: what was uploaded is a recording of ours by then. */
export type DeskSource = { readonly recording: string } | Exclude<JobInput['audio'], readonly unknown[]>;

/** A job as the desk keeps it, without its input and result. */
export const deskJobSchema = z.object({
  id: z.string(),
  /** Key of who sent it; others do not see it. */
  owner: z.string(),
  task: z.string(),
  state: z.enum(JOB_REPLY_STATES),
  createdAtMs: z.number(),
  startedAtMs: z.number().exactOptional(),
  endedAtMs: z.number().exactOptional(),
  error: errorBodySchema.exactOptional(),
  idempotencyKey: z.string().exactOptional(),
  /** Digest of the work, to tell a repeated submission from another one under the same key. */
  work: z.string(),
  /** How often it was begun: a job that takes the process with it is not begun for ever. */
  attempts: z.number(),
  /** Recordings of ours that it reads. */
  recordings: z.array(z.string()),
});

export type DeskJob = DeepReadonly<z.infer<typeof deskJobSchema>>;

/** Whether a job is over. */
export function isOverJob({ state }: Pick<DeskJob, 'state'>): boolean {
  return state === 'completed' || state === 'failed' || state === 'canceled';
}

/** What is told of a job, numbered from 1. */
export type DeskEvent =
  | { readonly number: number; readonly type: 'state'; readonly job: DeskJob; readonly position?: number }
  | { readonly number: number; readonly type: 'stream'; readonly event: StreamEvent };

/** Everything that a submission needs. */
export type DeskRequest = {
  /** Checked, and without its audio. */
  readonly input: Readonly<Record<string, unknown>> & { readonly task: string };
  readonly sources: readonly DeskSource[];
  readonly owner: string;
  readonly idempotencyKey?: string | undefined;
  /** The trace that it is part of, as W3C writes it. */
  readonly traceparent?: string | undefined;
  /** False: nobody asks for it later, and nothing of it is kept. */
  readonly isKept: boolean;
};
