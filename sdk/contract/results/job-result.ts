import * as z from 'zod';
import type { JobResult, Task } from '../../wire.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { errorBodySchema } from '../error-body.ts';
import { formatName } from '../options/output-request.ts';
import { schemaVersion } from './schema-version.ts';
import { detectSpeechResultSchema, loudnessResultSchema } from './signal-results.ts';
import {
  compareResultSchema,
  embedResultSchema,
  identifyResultSchema,
  verifyResultSchema,
} from './speaker-results.ts';
import { diarizationResultSchema, transcriptResultSchema, warningSchema } from './transcript-result.ts';

/** A rendered file: its text, or where it was put. */
export const renderedFileSchema = z.union([
  z.object({ format: formatName, mediaType: z.string(), content: z.string() }),
  z.object({
    format: formatName,
    mediaType: z.string(),
    bytes: z.int().min(0),
    url: z.string().exactOptional().describe('Presigned GET.'),
    expiresAt: z.iso.datetime().exactOptional(),
    s3: z.object({ bucket: z.string(), key: z.string() }),
  }),
]);

/** The outcome of one recording of a job: a result, or the failure of this one alone. */
function outcome<T extends z.ZodType>(result: T) {
  return z.union([
    z.object({ index: z.int().min(0), result, files: z.array(renderedFileSchema).exactOptional() }),
    z.object({ index: z.int().min(0), error: errorBodySchema }),
  ]);
}

/** What every result returns of its job. */
const echoFields = {
  schemaVersion,
  idempotencyKey: z.string().exactOptional(),
  metadata: z.record(z.string(), z.unknown()).exactOptional(),
  warnings: z.array(warningSchema).describe('About the job itself, as unknown fields.'),
} as const;

function taskResult<T extends Task, R extends z.ZodType>(task: T, result: R) {
  return z.object({
    ...echoFields,
    task: z.literal(task),
    results: z
      .array(outcome(result))
      .min(1)
      .describe('One a recording, in the order of the input; compare has one.'),
  });
}

/** A finished job, by task. */
export const jobResultSchema = z.discriminatedUnion('task', [
  taskResult('diarize', diarizationResultSchema),
  taskResult('transcribe', transcriptResultSchema),
  taskResult('embed', embedResultSchema),
  taskResult('compare', compareResultSchema),
  taskResult('verify', verifyResultSchema),
  taskResult('identify', identifyResultSchema),
  taskResult('detect-speech', detectSpeechResultSchema),
  taskResult('loudness', loudnessResultSchema),
]);

/** Stands for an output that is too large for the reply, or was not wanted in it: `url` holds the job result as JSON. */
export const storedResultSchema = z.object({
  storedResult: z.object({
    url: z.string().describe('Presigned GET.'),
    bytes: z.int().min(0),
    contentType: z.literal('application/json'),
    expiresAt: z.iso.datetime(),
  }),
});

/** What a worker returns. */
export const jobOutputSchema = z.union([jobResultSchema, storedResultSchema]);

export type StoredResult = DeepReadonly<z.infer<typeof storedResultSchema>>;

/** The job result of one task. */
export type JobResultOf<T extends Task> = Extract<JobResult, { task: T }>;

/** The outcome of one recording for one task. */
export type OutcomeOf<T extends Task> = JobResultOf<T>['results'][number];

/** The result of one recording for one task. */
export type WireResultOf<T extends Task> = Extract<OutcomeOf<T>, { result: unknown }>['result'];
