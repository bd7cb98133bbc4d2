import type { DiarizeOptions, Voice } from '../wire.ts';

/**
 * What opens a live session, as clients write it. The server reads it by `liveStartSchema`; a test holds the two together,
 * since callers must not need zod for its type.
 */
export type LiveStart = Pick<DiarizeOptions, 'preset' | 'numSpeakers' | 'minSpeakers' | 'maxSpeakers'> & {
  readonly type: 'start';
  /** How sound comes. @default 16-bit samples, 16,000 Hz, one channel */
  readonly audio?: {
    /** Raw samples, little endian, channels interleaved; or a file as it grows (WebM, Ogg, …). */
    readonly encoding: 's16le' | 'f32le' | 'mulaw' | 'alaw' | 'container';
    /** Hz; a container says it itself. @default 16,000 Hz */
    readonly sampleRate?: number;
    /** Interleaved; their mean is heard. @default 1 */
    readonly channels?: number;
  };
  /** @default diarize and transcribe */
  readonly tasks?: readonly ('diarize' | 'transcribe' | 'verify' | 'detect-speech')[];
  /** Age at which a turn is first told. @default 1 s */
  readonly latencySeconds?: number;
  /** Words before their text is final. @default true */
  readonly interim?: boolean;
  /** Sound between two decodes of open text. @default 1 s */
  readonly interimSeconds?: number;
  /** Silence that ends an utterance. @default 0.7 s */
  readonly endpointSilenceSeconds?: number;
  /** Corrections while people speak. @default true */
  readonly revisions?: boolean;
  /** How far back they reach. @default 600 s */
  readonly reviseHorizonSeconds?: number;
  /** Enrolled voices, to be named: in full, by the names under which the server keeps them, or all of those. @default none */
  readonly voices?: readonly (Voice | string)[] | 'all';
  /** Keeps sound and result on the server, as a job: `live.jobId` after `finish`. @default false */
  readonly keepResult?: boolean;
  /** Recogniser by id. @default by language */
  readonly model?: string;
  /** ISO 639-1, as en. @default found out in the first seconds */
  readonly language?: string;
};
