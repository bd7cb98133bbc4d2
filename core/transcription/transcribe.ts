/** Who said what in a whole recording: recognition and diarization side by side, from audio decoded once. */
import { noSamples } from '../audio/no-samples.ts';
import type { AudioBlocks, AudioStream } from '../audio/waveform.ts';
import { type DiarizeContext, type DiarizedRecording, diarize } from '../diarization/diarize.ts';
import type { ResolveRecordingOptions } from '../diarization/resolve-recording.ts';
import { InvariantError } from '../errors.ts';
import { samplesToSeconds } from '../timeline/sliding-window.ts';
import type { Segment } from '../timeline/turns.ts';
import {
  assembleTranscript,
  type AssembleOptions,
  DEFAULT_ASSEMBLE_OPTIONS,
} from '../transcript/assemble.ts';
import {
  type DiarizationResult,
  type ModelUse,
  NO_SPEECH,
  oneOfEachCode,
  RESULT_SCHEMA_VERSION,
  type TranscriptResult,
} from '../result/result.ts';
import { fanOut } from './pieces/fan-out.ts';
import {
  type RecogniseRecordingContext,
  type RecognisedRecording,
  recogniseRecording,
} from './recognise-recording.ts';
import {
  DEFAULT_RECOGNITION_OPTIONS,
  type RecognisedSegment,
  type RecognitionOptions,
  requireCapability,
} from './recogniser.ts';
import type { TranscriptionModels } from './transcription-models.ts';

/** What a caller may say about a recording and the transcript of it. */
export type TranscriptionOptions = ResolveRecordingOptions &
  AssembleOptions &
  Omit<RecognitionOptions, 'signal'> & {
    /** Find out who speaks. @default true */
    readonly diarize: boolean;
    /**
     * Recognise only speech inside; sorted, without overlap. Speakers are told apart in the whole recording.
     *
     * @default everything
     */
    readonly clips?: readonly Segment[] | undefined;
  };

/** What holds where a caller says nothing: speakers and words are found, in any language. */
export const DEFAULT_TRANSCRIPTION_OPTIONS: TranscriptionOptions = Object.freeze({
  ...DEFAULT_RECOGNITION_OPTIONS,
  ...DEFAULT_ASSEMBLE_OPTIONS,
  diarize: true,
});

/** How far a long step is; `total` is null where the end is not known. */
export type TranscribeProgress = {
  readonly stage: 'transcribe';
  /** Seconds of audio. */
  readonly done: number;
  readonly total: number | null;
};

/** What a run may call while it works. */
export type TranscribeContext = {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TranscribeProgress) => void) | undefined;
  /** Text as soon as it is final, in order of time; who said it is known only at the end. */
  readonly onText?: ((segment: RecognisedSegment) => void) | undefined;
  /** Called with each piece of speech as soon as it is cut, before it is recognised. */
  readonly onPiece?: RecogniseRecordingContext['onPiece'];
  readonly onRecogniser?: RecogniseRecordingContext['onRecogniser'];
  readonly onObserved?: DiarizeContext['onObserved'];
  /** Gives names to speakers whose voices are known, from the embedding of each. */
  readonly nameSpeakers?:
    | ((result: TranscriptResult, centroids: ReadonlyMap<string, Float32Array>) => TranscriptResult)
    | undefined;
  /** Seconds from any fixed moment, for the timings of the result. */
  readonly now: () => number;
};

/** Everything that transcription finds; `result` alone is meant for callers outside. */
export type Transcription = {
  readonly result: TranscriptResult;
  /** What to resolve anew with other bounds or names; absent without diarization. Holds biometric data. */
  readonly diarization?: DiarizedRecording;
  /** What to attribute anew, with `assembleTranscript`. */
  readonly texts: readonly RecognisedSegment[];
};

/** Blocks of at most a second by which recognition and observation may be apart. */
const MAX_WAITING_BLOCKS = 60;

/**
 * Transcribes a recording. Silence is a transcript without words, not an error. The audio is closed, whatever happens.
 *
 * Memory grows only with what is found: words, and a few kilobytes per window of diarization.
 *
 * @throws InvalidInputError `invalid_option` (a language or task that the recogniser lacks, impossible speaker bounds),
 *   `audio_too_short` without a single sample, and what the audio throws
 * @throws ModelError, CanceledError
 */
export async function transcribe(
  audio: AudioStream,
  models: TranscriptionModels,
  options: TranscriptionOptions,
  context: TranscribeContext,
): Promise<Transcription> {
  return transcribeOpened(audio, models, options, context).finally(audio.close);
}

async function transcribeOpened(
  audio: AudioStream,
  models: TranscriptionModels,
  options: TranscriptionOptions,
  context: TranscribeContext,
): Promise<Transcription> {
  requireCapability(models.recogniser, options);
  if (options.diarize && models.diarization === undefined) {
    throw new InvariantError('Speakers were asked for without diarization models.');
  }
  const started = context.now();
  const { recognised, diarization } = options.diarize
    ? await recogniseAndDiarize(audio, models, options, context)
    : { recognised: await recogniseOnly(audio, models, options, context) };
  const { texts, language, warnings } = recognised;
  const speakers = diarization?.result ?? nobody(recognised, models);
  const transcript = assembleTranscript(texts, speakers, language, options);
  const result: TranscriptResult = {
    ...transcript,
    models: [...speakers.models, ...usedModels(models, [recognised.recogniserId])],
    timings: { ...speakers.timings, transcribeSeconds: context.now() - started },
    warnings: oneOfEachCode([...speakers.warnings, ...warnings]),
  };
  if (diarization === undefined) return { texts, result };
  const named = context.nameSpeakers?.(result, diarization.centroids) ?? result;
  return { texts, diarization, result: named };
}

async function recogniseOnly(
  audio: AudioStream,
  models: TranscriptionModels,
  options: TranscriptionOptions,
  { signal, onText, onPiece, onRecogniser, onProgress }: TranscribeContext,
): Promise<RecognisedRecording> {
  const total = audio.expectedSeconds ?? null;
  const recognised = await recogniseRecording(
    audio.blocks,
    models,
    { ...options, signal },
    {
      onText,
      onPiece,
      onRecogniser,
      onProgress: (done) => onProgress?.({ stage: 'transcribe', done, total }),
    },
  );
  if (recognised.sampleCount > 0) return recognised;
  throw noSamples();
}

async function recogniseAndDiarize(
  audio: AudioStream,
  models: TranscriptionModels,
  options: TranscriptionOptions,
  { signal: canceled, onText, onPiece, onRecogniser, onObserved, onProgress, now }: TranscribeContext,
): Promise<{ recognised: RecognisedRecording; diarization: DiarizedRecording }> {
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(canceled === undefined ? [] : [canceled])]);
  const [forWords, forSpeakers] = fanOut(audio.blocks, 2, MAX_WAITING_BLOCKS, signal) as [
    AudioBlocks,
    AudioBlocks,
  ];
  const total = audio.expectedSeconds ?? null;
  const doneSeconds = { recognised: 0, observed: 0 };
  const report = (part: Partial<typeof doneSeconds>) => {
    Object.assign(doneSeconds, part);
    const done = Math.min(doneSeconds.recognised, doneSeconds.observed);
    onProgress?.({ stage: 'transcribe', done, total });
  };
  const recognising = recogniseRecording(
    forWords,
    models,
    { ...options, signal },
    { onText, onPiece, onRecogniser, onProgress: (recognised) => report({ recognised }) },
  );
  const half = { ...audio, blocks: forSpeakers, close: () => Promise.resolve() };
  const diarizing = diarize(half, models.diarization!, options, {
    signal,
    now,
    onObserved,
    // Resolving takes so little that only the slow side counts.
    onProgress: ({ stage, done }) =>
      report(stage === 'observe' ? { observed: done } : { observed: Infinity }),
  });
  const [recognised, diarization] = await bothOrFirstFailure(recognising, diarizing, failed);
  return { recognised, diarization };
}

/** Waits for both; the first failure ends the other and is thrown once both are over. */
async function bothOrFirstFailure<A, B>(
  a: Promise<A>,
  b: Promise<B>,
  failed: AbortController,
): Promise<[A, B]> {
  const both = Promise.all([a, b]);
  try {
    return await both;
  } catch (error) {
    failed.abort();
    await Promise.allSettled([a, b]);
    throw error;
  }
}

/** What a result says of its models: of several recognisers only those that wrote it down. */
export function usedModels({ uses }: TranscriptionModels, recogniserIds: readonly string[]): ModelUse[] {
  const isRecogniser = ({ task }: ModelUse): boolean => task === 'speech-recognition';
  if (uses.filter(isRecogniser).length <= 1) return [...uses];
  return uses.filter((use) => !isRecogniser(use) || recogniserIds.includes(use.id));
}

/** The diarization of a recording in which nobody was told apart. */
function nobody(
  { sampleCount, texts }: RecognisedRecording,
  { recogniser }: TranscriptionModels,
): DiarizationResult {
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    durationSeconds: samplesToSeconds(sampleCount),
    speakers: [],
    turns: [],
    exclusiveTurns: [],
    models: [],
    provider: recogniser.provider,
    timings: {},
    warnings: texts.length === 0 ? [NO_SPEECH] : [],
  };
}
