import * as z from 'zod';
import { audioSourceSchema, s3LocationSchema } from '../options/audio-source.ts';
import { enrolledVoiceSchema, enrollReplySchema, voiceListSchema } from '../results/enrolled-voice.ts';
import { errorBodySchema } from '../error-body.ts';
import { jobInputSchema } from '../job-input.ts';
import {
  jobOutputSchema,
  jobResultSchema,
  storedResultSchema,
  renderedFileSchema,
} from '../results/job-result.ts';
import { outputRequestSchema } from '../options/output-request.ts';
import { jobListSchema } from '../job-list.ts';
import { jobEventsReplySchema, jobReplySchema } from '../job-reply.ts';
import {
  healthReplySchema,
  purgeReplySchema,
  runReplySchema,
  runRequestSchema,
  runpodPolicySchema,
  statusReplySchema,
  streamReplySchema,
} from '../runpod.ts';
import { detectSpeechResultSchema, loudnessResultSchema } from '../results/signal-results.ts';
import {
  compareResultSchema,
  embedResultSchema,
  identifyResultSchema,
  verifyResultSchema,
  voiceQualitySchema,
} from '../results/speaker-results.ts';
import { progressSchema, streamEventSchema } from '../stream-events.ts';
import * as options from '../options/task-options.ts';
import {
  diarizationResultSchema,
  pauseSchema,
  speakerSummarySchema,
  transcriptResultSchema,
  turnSchema,
  utteranceSchema,
  warningSchema,
  wordSchema,
} from '../results/transcript-result.ts';
import { webhookEventSchema } from '../webhook-event.ts';
import { embeddingSpaceSchema, thresholdSchema, voiceSchema } from '../options/voice.ts';

/** Every schema that has a name in the OpenAPI document. */
export const COMPONENTS = {
  JobInput: jobInputSchema,
  AudioSource: audioSourceSchema,
  S3Location: s3LocationSchema,
  OutputRequest: outputRequestSchema,
  DiarizeOptions: options.diarizeOptionsSchema,
  TranscribeOptions: options.transcribeOptionsSchema,
  EmbedOptions: options.embedOptionsSchema,
  CompareOptions: options.compareOptionsSchema,
  VerifyOptions: options.verifyOptionsSchema,
  IdentifyOptions: options.identifyOptionsSchema,
  DetectSpeechOptions: options.detectSpeechOptionsSchema,
  LoudnessOptions: options.loudnessOptionsSchema,
  TimeRange: options.timeRangeSchema,
  Voice: voiceSchema,
  EmbeddingSpace: embeddingSpaceSchema,
  Threshold: thresholdSchema,
  JobOutput: jobOutputSchema,
  JobResult: jobResultSchema,
  StoredResult: storedResultSchema,
  RenderedFile: renderedFileSchema,
  DiarizationResult: diarizationResultSchema,
  TranscriptResult: transcriptResultSchema,
  EmbedResult: embedResultSchema,
  CompareResult: compareResultSchema,
  VerifyResult: verifyResultSchema,
  IdentifyResult: identifyResultSchema,
  DetectSpeechResult: detectSpeechResultSchema,
  LoudnessResult: loudnessResultSchema,
  SpeakerSummary: speakerSummarySchema,
  Turn: turnSchema,
  Word: wordSchema,
  Utterance: utteranceSchema,
  Pause: pauseSchema,
  Warning: warningSchema,
  VoiceQuality: voiceQualitySchema,
  Progress: progressSchema,
  StreamEvent: streamEventSchema,
  ErrorBody: errorBodySchema,
  RunRequest: runRequestSchema,
  RunpodPolicy: runpodPolicySchema,
  RunReply: runReplySchema,
  StatusReply: statusReplySchema,
  StreamReply: streamReplySchema,
  HealthReply: healthReplySchema,
  PurgeReply: purgeReplySchema,
  JobReply: jobReplySchema,
  JobEventsReply: jobEventsReplySchema,
  WebhookEvent: webhookEventSchema,
  StoredVoice: enrolledVoiceSchema,
  VoiceList: voiceListSchema,
  JobList: jobListSchema,
  EnrollReply: enrollReplySchema,
} as const;

/** Name of a schema in the OpenAPI document. */
export type ComponentName = keyof typeof COMPONENTS;

/** JSON Schema object. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Reference to a named schema. */
export function componentRef(name: ComponentName): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** All named schemas as JSON Schema 2020-12, the dialect of OpenAPI 3.1; they refer to each other by name. */
export function componentSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(COMPONENTS)) registry.add(schema, { id });
  // `input`: objects of results stay open, a newer worker may add fields. There are no defaults, so nothing else differs.
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` });
  const named = Object.entries(schemas).map(
    ([name, { $schema: _, $id: __, ...schema }]) => [name, schema] as const,
  );
  return Object.fromEntries(named);
}
