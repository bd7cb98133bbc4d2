/** The wire contract: everything that crosses a process, as zod schemas and their types. */
export type * from '../wire.ts';
export { SCHEMA_VERSION } from './schema-version.ts';
export { ERROR_CODES, errorBodySchema, isRetryableCode } from './error-body.ts';
export { MAX_AUDIO_INPUTS, audioSourceSchema, s3LocationSchema } from './audio-source.ts';
export { MAX_SPEAKERS } from './speaker-options.ts';
export * from './task-options.ts';
export { voiceSchema, embeddingSpaceSchema } from './voice.ts';
export { SCORE_SCALES, type EmbeddingSpace } from '../../core/result/voice-terms.ts';
export { outputRequestSchema } from './output-request.ts';
export { TASKS, jobInputSchema, type JobInputOf } from './job-input.ts';
export { describeFieldErrors, parseJobInput } from './parse-job-input.ts';
export { parseWith, type FieldError, type Parsed } from './parse.ts';
export { diarizationResultSchema, transcriptResultSchema } from './transcript-result.ts';
export * from './speaker-results.ts';
export * from './signal-results.ts';
export {
  jobOutputSchema,
  jobResultSchema,
  storedResultSchema,
  type JobResultOf,
  type StoredResult,
  type OutcomeOf,
  type WireResultOf,
} from './job-result.ts';
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
