/** The table of tasks that a worker serves. A later task is one more entry. */
import type { Task, WireResultOf } from '../../../sdk/contract/index.ts';
import { runDetectSpeech, runDiarize, runLoudness, runTranscribe } from './recording-tasks.ts';
import { runCompare, runEmbed, runIdentify, runVerify } from './speaker-tasks.ts';
import type { TaskCall } from './task-call.ts';

/** Does a task for one recording; gives what the contract calls its result. */
type TaskRunner<T extends Task> = (call: TaskCall<T>) => Promise<WireResultOf<T>>;

export const TASK_RUNNERS: { readonly [T in Task]: TaskRunner<T> } = {
  diarize: runDiarize,
  transcribe: runTranscribe,
  embed: runEmbed,
  compare: runCompare,
  verify: runVerify,
  identify: runIdentify,
  'detect-speech': runDetectSpeech,
  loudness: runLoudness,
};
