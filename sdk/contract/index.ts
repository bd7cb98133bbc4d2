/** The wire contract: everything that crosses a process, as zod schemas and their types. */
export { SCHEMA_VERSION } from './schema-version.ts';
export {
  ERROR_CODES,
  errorBodySchema,
  isRetryableCode,
  type ErrorBody,
  type ErrorCode,
} from './error-body.ts';
export {
  MAX_AUDIO_INPUTS,
  audioSourceSchema,
  s3LocationSchema,
  type AudioSource,
  type S3Location,
} from './audio-source.ts';
export { MAX_SPEAKERS } from './speaker-options.ts';
export * from './task-options.ts';
export { voiceSchema, embeddingSpaceSchema, SCORE_SCALES, type EmbeddingSpace, type Voice } from './voice.ts';
export { outputRequestSchema, type OutputRequest } from './output-request.ts';
export { TASKS, jobInputSchema, type JobInput, type JobInputOf, type Task } from './job-input.ts';
export { describeFieldErrors, parseJobInput } from './parse-job-input.ts';
export { parseWith, type FieldError, type Parsed } from './parse.ts';
export {
  diarizationResultSchema,
  transcriptResultSchema,
  type DiarizationResult,
  type ResultWarning,
  type TranscriptResult,
} from './transcript-result.ts';
export * from './speaker-results.ts';
export * from './signal-results.ts';
export {
  jobOutputSchema,
  jobResultSchema,
  storedResultSchema,
  type JobOutput,
  type JobResult,
  type JobResultOf,
  type StoredResult,
  type OutcomeOf,
  type RenderedFile,
  type ResultOf,
} from './job-result.ts';
export { progressSchema, streamEventSchema, type Progress, type StreamEvent } from './stream-events.ts';
export * from './runpod.ts';
export { JOB_STATES, jobReplySchema, type JobReply, type JobState } from './job-reply.ts';
export { webhookEventSchema, type WebhookEvent } from './webhook-event.ts';
