import * as z from 'zod';
import type { JobInput, Task } from '../wire.ts';
import { audioInputsSchema, audioSourceSchema } from './options/audio-source.ts';
import { outputRequestSchema } from './options/output-request.ts';
import { schemaVersion } from './results/schema-version.ts';
import {
  compareOptionsSchema,
  detectSpeechOptionsSchema,
  diarizeOptionsSchema,
  embedOptionsSchema,
  identifyOptionsSchema,
  loudnessOptionsSchema,
  transcribeOptionsSchema,
  verifyOptionsSchema,
} from './options/task-options.ts';

/** What a worker can be asked to do. */
export const TASKS = [
  'diarize',
  'transcribe',
  'embed',
  'compare',
  'verify',
  'identify',
  'detect-speech',
  'loudness',
] as const;

/** Ids that callers choose travel in headers and object keys: a narrow alphabet keeps them harmless. */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 of A-Z a-z 0-9 _ -')
  .describe(
    'Names the job. A service that knows keys answers a repeated submission with the job that it has; the local ' +
      'platform does, RunPod does not: there a submission whose reply was lost may run twice, under one key.',
  );

const commonFields = {
  schemaVersion: schemaVersion.exactOptional(),
  output: outputRequestSchema.exactOptional(),
  webhook: z
    .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
    .max(8192)
    .exactOptional()
    .describe('Gets a signed POST (Standard Webhooks) when the job has ended.'),
  idempotencyKey: idempotencyKeySchema.exactOptional(),
  metadata: z.record(z.string(), z.unknown()).exactOptional().describe('Returned untouched with the result.'),
  stream: z
    .boolean()
    .exactOptional()
    .describe('Yield events while the job runs, such as utterances as soon as they are final.'),
  strict: z.boolean().exactOptional().describe('Refuse unknown fields instead of naming them in warnings.'),
} as const;

const oneOrMore = { audio: audioInputsSchema, ...commonFields };
const pair = z.tuple([audioSourceSchema, audioSourceSchema]).describe('The two recordings to compare.');

/** A job, by task. */
export const jobInputSchema = z.discriminatedUnion('task', [
  z.strictObject({ task: z.literal('diarize'), ...oneOrMore, options: diarizeOptionsSchema.exactOptional() }),
  z.strictObject({
    task: z.literal('transcribe'),
    ...oneOrMore,
    options: transcribeOptionsSchema.exactOptional(),
  }),
  z.strictObject({ task: z.literal('embed'), ...oneOrMore, options: embedOptionsSchema.exactOptional() }),
  z.strictObject({
    task: z.literal('compare'),
    audio: pair,
    ...commonFields,
    options: compareOptionsSchema.exactOptional(),
  }),
  z.strictObject({ task: z.literal('verify'), ...oneOrMore, options: verifyOptionsSchema }),
  z.strictObject({ task: z.literal('identify'), ...oneOrMore, options: identifyOptionsSchema }),
  z.strictObject({
    task: z.literal('detect-speech'),
    ...oneOrMore,
    options: detectSpeechOptionsSchema.exactOptional(),
  }),
  z.strictObject({
    task: z.literal('loudness'),
    ...oneOrMore,
    options: loudnessOptionsSchema.exactOptional(),
  }),
]);

/** The job of one task. */
export type JobInputOf<T extends Task> = Extract<JobInput, { task: T }>;
