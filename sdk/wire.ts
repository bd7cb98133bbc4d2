/** The types of the wire as callers see them: made from the OpenAPI document, which is made from the zod schemas. */
import type { components } from './contract/generated/openapi-types.ts';

export type { ErrorCode } from '../core/errors.ts';
export type { DiarizationResult, TranscriptResult, Utterance, Word } from '../core/result/result.ts';
export type { Turn } from '../core/timeline/turns.ts';

type Schemas = components['schemas'];

/** Where one recording comes from: exactly one of `url`, `base64`, `s3`. */
export type AudioSource = Schemas['AudioSource'];
/** Options of `compare`. */
export type CompareOptions = Schemas['CompareOptions'];
/** Whether two recordings hold one voice. */
export type CompareResult = Schemas['CompareResult'];
/** Options of `detect-speech`. */
export type DetectSpeechOptions = Schemas['DetectSpeechOptions'];
/** Where somebody speaks. */
export type DetectSpeechResult = Schemas['DetectSpeechResult'];
/** Options of `diarize`. */
export type DiarizeOptions = Schemas['DiarizeOptions'];
/** Options of `embed`. */
export type EmbedOptions = Schemas['EmbedOptions'];
/** One vector for a recording or a part of it: biometric data. */
export type EmbedResult = Schemas['EmbedResult'];
/** A voice that a server keeps. */
export type StoredVoice = Schemas['StoredVoice'];
/** What came of enrolling a voice. */
export type EnrollReply = Schemas['EnrollReply'];
/** A failure on the wire. */
export type ErrorBody = Schemas['ErrorBody'];
/** Options of `identify`. */
export type IdentifyOptions = Schemas['IdentifyOptions'];
/** Which known voice it is, best first. */
export type IdentifyResult = Schemas['IdentifyResult'];
/** A job on the wire, by task. */
export type JobInput = Schemas['JobInput'];
/** What a worker returns: a job result, or where it was stored. */
export type JobOutput = Schemas['JobOutput'];
/** A page of the jobs that a server keeps. */
export type JobList = Schemas['JobList'];
/** A finished job, by task. */
export type JobResult = Schemas['JobResult'];
/** Options of `loudness`. */
export type LoudnessOptions = Schemas['LoudnessOptions'];
/** How loud a recording is. */
export type LoudnessResult = Schemas['LoudnessResult'];
/** What shall come back, and where. */
export type OutputRequest = Schemas['OutputRequest'];
/** How far a job is, as a worker says it. */
export type Progress = Schemas['Progress'];
/** A file that the worker rendered: its text, or where it was put. */
export type RenderedFile = Schemas['RenderedFile'];
/** One object of an S3-compatible store. */
export type S3Location = Schemas['S3Location'];
/** One event of a running job. */
export type StreamEvent = Schemas['StreamEvent'];
/** What a worker can be asked to do. */
export type Task = JobInput['task'];
/** Options of `transcribe`. */
export type TranscribeOptions = Schemas['TranscribeOptions'];
/** Options of `verify`. */
export type VerifyOptions = Schemas['VerifyOptions'];
/** Whether a recording is spoken by a known voice. */
export type VerifyResult = Schemas['VerifyResult'];
/** A known voice inside a job: biometric data. */
export type Voice = Schemas['Voice'];
/** Body of a signed webhook: that a job has ended. */
export type WebhookEvent = Schemas['WebhookEvent'];
