/** What a client of a live session sends, as zod schemas: protocol `colloquy.live.v1`. Unknown fields are refused. */
import * as z from 'zod';
import { diarizeFields, modelName } from '../contract/options/speaker-options.ts';
import { voiceSchema } from '../contract/options/voice.ts';

/** How sound comes: raw samples, little endian, channels interleaved; or a file as it grows (WebM, Ogg, …). */
export const LIVE_ENCODINGS = ['s16le', 'f32le', 'mulaw', 'alaw', 'container'] as const;

/** What a session is asked to do. */
export const LIVE_TASK_NAMES = ['diarize', 'transcribe', 'verify', 'detect-speech'] as const;

const seconds = (least: number, most: number) => z.number().min(least).max(most);

const audioSchema = z
  .strictObject({
    encoding: z.enum(LIVE_ENCODINGS),
    sampleRate: z.int().min(1000).max(768_000).default(16_000).describe('Hz; a container says it itself.'),
    channels: z.int().min(1).max(64).default(1).describe('Interleaved; their mean is heard.'),
  })
  .default({ encoding: 's16le', sampleRate: 16_000, channels: 1 });

/** Opens a session. */
export const liveStartSchema = z.strictObject({
  type: z.literal('start'),
  audio: audioSchema,
  tasks: z.array(z.enum(LIVE_TASK_NAMES)).min(1).max(4).default(['diarize', 'transcribe']),
  latencySeconds: seconds(0.5, 10).exactOptional().describe('Age at which a turn is first told; 1.'),
  interim: z.boolean().exactOptional().describe('Words before their text is final; true.'),
  interimSeconds: seconds(0.2, 30).exactOptional().describe('Sound between two decodes of open text; 1.'),
  endpointSilenceSeconds: seconds(0.1, 30).exactOptional().describe('Silence that ends an utterance; 0.7.'),
  revisions: z.boolean().exactOptional().describe('Corrections while people speak; true.'),
  reviseHorizonSeconds: seconds(10, 86_400).exactOptional().describe('How far back; 600.'),
  numSpeakers: diarizeFields.numSpeakers,
  minSpeakers: diarizeFields.minSpeakers,
  maxSpeakers: diarizeFields.maxSpeakers,
  voices: z
    .array(voiceSchema)
    .max(100)
    .exactOptional()
    .describe('Enrolled voices, to be named. Names of those that the server keeps, or "all", are filled in.'),
  keepResult: z
    .boolean()
    .exactOptional()
    .describe('Keeps sound and result on the server as a job, whose id comes with the result; false.'),
  preset: diarizeFields.preset,
  model: modelName.exactOptional().describe('Recogniser by id.'),
  language: z
    .string()
    .regex(/^[a-z]{2}(-[A-Za-z0-9]+)*$/)
    .exactOptional()
    .describe('ISO 639-1; found out in the first seconds unless given.'),
});

/** Goes on with a session whose socket was lost. */
export const liveResumeSchema = z.strictObject({
  type: z.literal('resume'),
  sessionId: z.string().max(64),
  resumeToken: z.string().max(128),
  lastSeq: z.int().min(-1).describe('Of the last event that came; -1 where none did.'),
});

/** Everything a client may say in text; binary frames are sound. */
export const liveClientMessageSchema = z.discriminatedUnion('type', [
  liveStartSchema,
  liveResumeSchema,
  z.strictObject({
    type: z.literal('name-speaker'),
    speaker: z.string().min(1).max(64),
    name: z.string().min(1).max(128),
  }),
  z.strictObject({ type: z.literal('ping'), id: z.string().max(64).exactOptional() }),
  z.strictObject({ type: z.literal('finish') }),
]);

export type LiveStartParsed = z.output<typeof liveStartSchema>;
export type LiveClientMessage = z.input<typeof liveClientMessageSchema>;
/** The same, its defaults filled in. */
export type LiveClientMessageParsed = z.output<typeof liveClientMessageSchema>;
