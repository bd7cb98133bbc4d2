import type { DiarizationResult } from '../transcript/result.ts';
import type { DiarizationSetup, DiarizeInput } from './diarize-task.ts';
import type { AudioFacts } from './inspect-audio-task.ts';
import type { Task } from './task.ts';

/** Input and result of each task. */
export type TaskTypes = {
  /** Who spoke when. */
  diarize: { readonly input: DiarizeInput; readonly result: DiarizationResult };
  /** Loads the models of `diarize` before the first recording. */
  'load-diarization-models': { readonly input: DiarizationSetup; readonly result: undefined };
  /** Reads a recording to its end and says what it is. */
  'inspect-audio': { readonly input: object; readonly result: AudioFacts };
};

export type TaskName = keyof TaskTypes;

/** What the engine can do. Each task is loaded at its first run, so that the child starts quickly. */
export const TASKS: {
  readonly [Name in TaskName]: Task<TaskTypes[Name]['input'], TaskTypes[Name]['result']>;
} = {
  diarize: async (input, context) => (await import('./diarize-task.ts')).diarizeRecording(input, context),
  'load-diarization-models': async (input, context) =>
    (await import('./diarize-task.ts')).loadDiarizationModels(input, context),
  'inspect-audio': async (input, context) =>
    (await import('./inspect-audio-task.ts')).inspectAudio(input, context),
};
