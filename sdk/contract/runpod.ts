/** The public API of RunPod queue endpoints, as far as a caller needs it (reference: docs.runpod.io, serverless/endpoints). */
import * as z from 'zod';
import { jobInputSchema } from './job-input.ts';

/** Where the public API of RunPod is; an endpoint is one path segment below. */
export const RUNPOD_BASE_URL = 'https://api.runpod.ai/v2';

/** Bytes of a request body that `/run` accepts; results have the same limit. */
export const RUN_BODY_LIMIT_BYTES = 10_000_000;

/** Bytes of a request body that `/runsync` accepts; results have the same limit. */
export const RUNSYNC_BODY_LIMIT_BYTES = 20_000_000;

/** States of a job on the platform. */
export const RUNPOD_STATES = [
  'IN_QUEUE',
  'IN_PROGRESS',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TIMED_OUT',
] as const;

/** State of a job on the platform. */
export type RunpodState = (typeof RUNPOD_STATES)[number];

/** True for states that a job does not leave, but by `/retry`. */
export function isFinalState(state: RunpodState): boolean {
  return state === 'COMPLETED' || state === 'FAILED' || state === 'CANCELLED' || state === 'TIMED_OUT';
}

/** What the platform does with a job besides running it. */
export const runpodPolicySchema = z.object({
  executionTimeout: z
    .int()
    .min(5000)
    .max(604_800_000)
    .exactOptional()
    .describe('Milliseconds of running; 600,000.'),
  ttl: z
    .int()
    .min(10_000)
    .max(604_800_000)
    .exactOptional()
    .describe('Milliseconds from submission to the end of all.'),
  lowPriority: z.boolean().exactOptional().describe('Does not make the endpoint scale up.'),
});

/** Body of `POST /run` and `POST /runsync`. */
export const runRequestSchema = z.object({
  input: jobInputSchema,
  webhook: z.string().exactOptional().describe('The platform posts the status here, unsigned.'),
  policy: runpodPolicySchema.exactOptional(),
});

/** Reply to `POST /run`. */
export const runReplySchema = z.object({ id: z.string().min(1), status: z.enum(RUNPOD_STATES) });

/** Reply to `GET /status/{id}`, `POST /cancel/{id}`, `POST /retry/{id}` and body of the platform's webhook. */
export const statusReplySchema = z.object({
  id: z.string().min(1),
  status: z.enum(RUNPOD_STATES),
  delayTime: z.number().exactOptional().describe('Milliseconds in the queue.'),
  executionTime: z.number().exactOptional().describe('Milliseconds of running.'),
  workerId: z.string().exactOptional(),
  retries: z.number().exactOptional(),
  output: z.unknown().exactOptional().describe('Progress while the job runs, its output when it has ended.'),
  error: z.string().exactOptional().describe('An error body as JSON text.'),
});

/** Reply to `GET /stream/{id}`: the parts since the last call. */
export const streamReplySchema = z.object({
  status: z.enum(RUNPOD_STATES),
  stream: z.array(z.object({ output: z.unknown() })).exactOptional(),
});

/** Reply to `GET /health`. */
export const healthReplySchema = z.object({
  jobs: z.record(z.string(), z.number()),
  workers: z.record(z.string(), z.number()),
});

/** Reply to `POST /purge-queue`. */
export const purgeReplySchema = z.object({ removed: z.number(), status: z.string() });

export type RunReply = z.infer<typeof runReplySchema>;
export type StatusReply = z.infer<typeof statusReplySchema>;
export type StreamReply = z.infer<typeof streamReplySchema>;
export type HealthReply = z.infer<typeof healthReplySchema>;
