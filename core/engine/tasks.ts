import type { DiarizationResult, TranscriptResult } from '../result/result.ts';
import type { DiarizationSetup, DiarizeInput } from './diarize-task.ts';
import type { SpeakerSetup } from '../verification/speaker-models.ts';
import type { DetectSpeechInput, DetectSpeechTaskResult } from './detect-speech-task.ts';
import type { EmbedInput, EmbedTaskResult } from './embed-task.ts';
import type { AudioFacts } from './inspect-audio-task.ts';
import type { LoudnessInput, LoudnessTaskResult } from './loudness-task.ts';
import type { EngineTask } from './task.ts';
import type { TranscribeInput, TranscriptionSetup } from './transcribe-task.ts';

/** Input and result of each task. */
export type TaskTypes = {
  /** Who spoke when. */
  diarize: { readonly input: DiarizeInput; readonly result: DiarizationResult };
  /** Loads the models of `diarize` before the first recording. */
  'load-diarization-models': { readonly input: DiarizationSetup; readonly result: undefined };
  /** The vector of a voice. */
  embed: { readonly input: EmbedInput; readonly result: EmbedTaskResult };
  /** Loads the models of `embed` before the first recording. */
  'load-speaker-models': { readonly input: SpeakerSetup; readonly result: undefined };
  /** Where somebody speaks. */
  'detect-speech': { readonly input: DetectSpeechInput; readonly result: DetectSpeechTaskResult };
  /** How loud a recording is. */
  loudness: { readonly input: LoudnessInput; readonly result: LoudnessTaskResult };
  /** Who said what; emits `UtteranceEvent`s. */
  transcribe: { readonly input: TranscribeInput; readonly result: TranscriptResult };
  /** Loads the models of `transcribe` before the first recording. */
  'load-transcription-models': { readonly input: TranscriptionSetup; readonly result: undefined };
  /** Reads a recording to its end and says what it is. */
  'inspect-audio': { readonly input: object; readonly result: AudioFacts };
};

export type TaskName = keyof TaskTypes;

/** What the engine can do. Each task is loaded at its first run, so that the child starts quickly. */
export const ENGINE_TASKS: {
  readonly [Name in TaskName]: EngineTask<TaskTypes[Name]['input'], TaskTypes[Name]['result']>;
} = {
  diarize: async (input, context) => (await import('./diarize-task.ts')).diarizeRecording(input, context),
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
  'inspect-audio': async (input, context) =>
    (await import('./inspect-audio-task.ts')).inspectAudio(input, context),
};
