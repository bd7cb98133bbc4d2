import type { DiarizationResult, TranscriptResult } from '../../result/result.ts';
import type { SpeakerSetup } from '../../verification/speaker-models.ts';
import type { DetectSpeechInput, DetectSpeechTaskResult } from './detect-speech-task.ts';
import type { DiarizationSetup, DiarizeInput } from './diarize-task.ts';
import type { EmbedInput, EmbedTaskResult } from './embed-task.ts';
import type { AudioFacts } from './inspect-audio-task.ts';
import type { LoudnessInput, LoudnessTaskResult } from './loudness-task.ts';
import type { ObserveInput, ObserveTaskResult } from './observe-task.ts';
import type { Peaks, PeaksInput } from './peaks-task.ts';
import type { LiveEvent } from '../../result/live/live-events.ts';
import type { LiveInput, LiveTaskResult } from './live-task.ts';
import type { EngineTask } from './task.ts';
import type { TranscribeInput, TranscriptionSetup, UtteranceEvent } from './transcribe-task.ts';

type TaskType<Input, Result, Event = never> = {
  readonly input: Input;
  readonly result: Result;
  /** What it tells while it works. */
  readonly event: Event;
};

/** Input, result and events of each task. */
export type TaskTypes = {
  /** Who spoke when. */
  diarize: TaskType<DiarizeInput, DiarizationResult>;
  /** What the models see in a part of a recording, for `resolve`. */
  observe: TaskType<ObserveInput, ObserveTaskResult>;
  /** Loads the models of `diarize` before the first recording. */
  'load-diarization-models': TaskType<DiarizationSetup, undefined>;
  /** The vector of a voice. */
  embed: TaskType<EmbedInput, EmbedTaskResult>;
  /** Loads the models of `embed` before the first recording. */
  'load-speaker-models': TaskType<SpeakerSetup, undefined>;
  /** Where somebody speaks. */
  'detect-speech': TaskType<DetectSpeechInput, DetectSpeechTaskResult>;
  /** How loud a recording is. */
  loudness: TaskType<LoudnessInput, LoudnessTaskResult>;
  /** Who said what. */
  transcribe: TaskType<TranscribeInput, TranscriptResult, UtteranceEvent>;
  /** Loads the models of `transcribe` before the first recording. */
  'load-transcription-models': TaskType<TranscriptionSetup, undefined>;
  /** What a drawing of a recording needs. */
  peaks: TaskType<PeaksInput, Peaks>;
  /** Who says what while they speak. */
  live: TaskType<LiveInput, LiveTaskResult, LiveEvent>;
  /** Reads a recording to its end and says what it is. */
  'inspect-audio': TaskType<object, AudioFacts>;
};

export type TaskName = keyof TaskTypes;

/** What the engine can do. Each task is loaded at its first run, so that the child starts quickly. */
export const ENGINE_TASKS: {
  readonly [Name in TaskName]: EngineTask<
    TaskTypes[Name]['input'],
    TaskTypes[Name]['result'],
    TaskTypes[Name]['event']
  >;
} = {
  diarize: async (input, context) => (await import('./diarize-task.ts')).diarizeRecording(input, context),
  observe: async (input, context) => (await import('./observe-task.ts')).observeOnly(input, context),
  'load-diarization-models': async (input, context) =>
    (await import('./diarize-task.ts')).loadDiarizationModels(input, context),
  embed: async (input, context) => (await import('./embed-task.ts')).embedVoice(input, context),
  'load-speaker-models': async (input, context) =>
    (await import('./embed-task.ts')).loadSpeakerModels(input, context),
  'detect-speech': async (input, context) =>
    (await import('./detect-speech-task.ts')).detectSpeechIn(input, context),
  loudness: async (input, context) => (await import('./loudness-task.ts')).measureLoudnessOf(input, context),
  transcribe: async (input, context) =>
    (await import('./transcribe-task.ts')).transcribeRecording(input, context),
  'load-transcription-models': async (input, context) =>
    (await import('./transcribe-task.ts')).loadTranscriptionModels(input, context),
  peaks: async (input, context) => (await import('./peaks-task.ts')).peaksOf(input, context),
  live: async (input, context) => (await import('./live-task.ts')).listenLive(input, context),
  'inspect-audio': async (input, context) =>
    (await import('./inspect-audio-task.ts')).inspectAudio(input, context),
};
