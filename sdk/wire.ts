/** The types of the wire as callers see them: made from the OpenAPI document, which is made from the zod schemas. */
import type { components } from './contract/openapi-types.ts';

type Schemas = components['schemas'];

export type AudioSource = Schemas['AudioSource'];
export type CompareOptions = Schemas['CompareOptions'];
export type CompareResult = Schemas['CompareResult'];
export type DetectSpeechOptions = Schemas['DetectSpeechOptions'];
export type DetectSpeechResult = Schemas['DetectSpeechResult'];
export type DiarizationResult = Schemas['DiarizationResult'];
export type DiarizeOptions = Schemas['DiarizeOptions'];
export type EmbedOptions = Schemas['EmbedOptions'];
export type EmbedResult = Schemas['EmbedResult'];
export type ErrorBody = Schemas['ErrorBody'];
export type ErrorCode = ErrorBody['code'];
export type IdentifyOptions = Schemas['IdentifyOptions'];
export type IdentifyResult = Schemas['IdentifyResult'];
export type JobInput = Schemas['JobInput'];
export type JobOutput = Schemas['JobOutput'];
export type JobResult = Schemas['JobResult'];
export type LoudnessOptions = Schemas['LoudnessOptions'];
export type LoudnessResult = Schemas['LoudnessResult'];
export type OutputRequest = Schemas['OutputRequest'];
export type Progress = Schemas['Progress'];
export type RenderedFile = Schemas['RenderedFile'];
export type S3Location = Schemas['S3Location'];
export type StreamEvent = Schemas['StreamEvent'];
export type Task = JobInput['task'];
export type TranscribeOptions = Schemas['TranscribeOptions'];
export type TranscriptResult = Schemas['TranscriptResult'];
export type VerifyOptions = Schemas['VerifyOptions'];
export type VerifyResult = Schemas['VerifyResult'];
export type Voice = Schemas['Voice'];
export type WebhookEvent = Schemas['WebhookEvent'];
