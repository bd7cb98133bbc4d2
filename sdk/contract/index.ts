/** The wire contract: everything that crosses a process, as zod schemas and their types. */
export type * from '../wire.ts';
export { SCHEMA_VERSION } from './results/schema-version.ts';
export { ERROR_CODES, errorBodySchema, isRetryableCode } from './error-body.ts';
export { MAX_AUDIO_INPUTS, audioSourceSchema, s3LocationSchema } from './options/audio-source.ts';
export { MAX_SPEAKERS } from './options/speaker-options.ts';
export * from './options/task-options.ts';
export { voiceSchema, embeddingSpaceSchema } from './options/voice.ts';
export { SCORE_SCALES, type EmbeddingSpace } from '../../core/result/voice-terms.ts';
export { outputRequestSchema } from './options/output-request.ts';
export { TASKS, jobInputSchema, type JobInputOf } from './job-input.ts';
export { describeFieldErrors, parseJobInput } from './parse-job-input.ts';
export { parseWith, type FieldError, type Parsed } from './parse.ts';
export { diarizationResultSchema, transcriptResultSchema } from './results/transcript-result.ts';
export * from './results/speaker-results.ts';
export * from './results/signal-results.ts';
export {
  jobOutputSchema,
  jobResultSchema,
  storedResultSchema,
  type JobResultOf,
  type StoredResult,
  type OutcomeOf,
  type WireResultOf,
} from './results/job-result.ts';
export { progressSchema, streamEventSchema } from './stream-events.ts';
export * from './runpod.ts';
export {
  JOB_REPLY_STATES,
  jobEventsReplySchema,
  jobReplySchema,
  type JobEventsReply,
  type JobReply,
  type JobReplyState,
} from './job-reply.ts';
export { webhookEventSchema } from './webhook-event.ts';
