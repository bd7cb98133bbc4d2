/**
 * Colloquy: who said what, when. The client of a RunPod endpoint or a Colloquy server, for Node and browsers.
 *
 * @module
 */
export { Colloquy } from './client/client.ts';
export {
  ServerJobs,
  type ListedJob,
  type ListJobsOptions,
  type ResultFileOptions,
} from './client/server-jobs.ts';
export { ServerVoices, type ServerEnrollOptions } from './client/server-voices.ts';
export type { RunAllOptions, SpeechClient } from './client/task-client.ts';
export type { CallOptions } from './client/task-call.ts';
export type { ColloquyOptions, FetchFunction, Logger } from './client/client-options.ts';
export type { AudioInput } from './audio/audio-input.ts';
export type { ByteStream } from './audio/byte-stream.ts';
export type { Job, WaitOptions } from './client/job.ts';
export type { JobProgress, ProgressListener } from './client/follow-job.ts';
export type { CommonRequest, RequestOf, SubmitRequest } from './client/job-request.ts';
export type { CallLimits } from './limits.ts';
export type { JobPolicy, JobState } from './transport/transport.ts';
export type { RetryTiming } from './transport/retry-timing.ts';
export type { Rendered } from '../core/formats/index.ts';
export type { RenderOptions } from '../core/formats/render-options.ts';
export {
  asDiarization,
  asTranscript,
  type Diarization,
  type DiarizationHelpers,
  type Outcome,
  type ResultOf,
  type Transcript,
  type TranscriptHelpers,
} from './client/results.ts';
export {
  AudioUnavailableError,
  AuthenticationError,
  CanceledError,
  ColloquyError,
  ConnectionError,
  DeadlineError,
  InvalidRequestError,
  JobFailedError,
  NotFoundError,
  PayloadTooLargeError,
  RateLimitError,
  ServiceError,
  type ColloquyErrorOptions,
} from './errors/errors.ts';
export {
  applyLiveEvent,
  EMPTY_LIVE_TRANSCRIPT,
  shownName,
  type LiveTranscript,
} from '../core/result/live/live-transcript.ts';
export type { LiveEvent, LiveText, LiveTurn, LiveWord } from '../core/result/live/live-events.ts';
export { Live, type LiveResult } from './live/live-session.ts';
export type { LiveRequest } from './live/open-live.ts';
export {
  type Microphone,
  MICROPHONE_WORKLET,
  type MicrophoneOptions,
  openMicrophone,
} from './live/microphone.ts';
export type { LiveWebSocket, LiveWebSocketClass } from './live/live-socket.ts';
export type { Upload, UploadInfo } from './upload/upload.ts';
export { presignedUpload, type PresignedPut, type PresignRequest } from './upload/presigned-upload.ts';
export { s3Upload, type S3UploadOptions } from './upload/s3-upload.ts';
export {
  WebhookVerificationError,
  signWebhook,
  verifyWebhook,
  type IncomingHeaders,
  type VerifyWebhookOptions,
  type WebhookHeaders,
  type WebhookMessage,
} from './webhook.ts';
export type * from './wire.ts';
