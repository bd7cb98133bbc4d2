import type { AudioFacts } from './inspect-audio-task.ts';
import type { Task } from './task.ts';

/** Input and result of each task. */
export type TaskTypes = {
  /** Reads a recording to its end and says what it is. */
  'inspect-audio': { readonly input: object; readonly result: AudioFacts };
};

export type TaskName = keyof TaskTypes;

/** What the engine can do. Each task is loaded at its first run, so that the child starts quickly. */
export const TASKS: {
  readonly [Name in TaskName]: Task<TaskTypes[Name]['input'], TaskTypes[Name]['result']>;
} = {
  'inspect-audio': async (input, context) =>
    (await import('./inspect-audio-task.ts')).inspectAudio(input, context),
};
