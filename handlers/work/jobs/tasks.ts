/** The table of tasks that a worker serves. A later task is one more entry. */
import type { DiarizationResult } from '../../../core/result/result.ts';
import type { JobInput, Task } from '../../../sdk/contract/index.ts';
import { diarizationSetup } from '../../setup/composition.ts';
import { presetOfVoices } from '../speakers/encoder-of-voices.ts';
import { speakerNaming } from '../speakers/speaker-naming.ts';
import { speakerBoundsOf } from './speaker-bounds.ts';
import {
  runCompare,
  runDetectSpeech,
  runEmbed,
  runIdentify,
  runLoudness,
  runVerify,
} from './speaker-tasks.ts';
import { modelCallsOf, type TaskCall } from './task-call.ts';
import { runTranscribe } from './transcribe.ts';

/** Does a task for one recording; gives what the contract calls its result. */
type TaskRunner<T extends Task> = (call: TaskCall<T>) => Promise<unknown>;

async function runDiarize(call: TaskCall<'diarize'>): Promise<DiarizationResult> {
  const { services, audio, signal, onProgress, observationsPath } = call;
  const { preset, channel, voices } = call.input.options ?? {};
  const chosen = presetOfVoices(voices ?? [], preset);
  const setup = await diarizationSetup(services.models, chosen, modelCallsOf(call));
  const naming = await speakerNaming(services.models, setup.preset, call.input.options);
  return services.engine.run(
    'diarize',
    {
      ...setup,
      naming,
      options: speakerBoundsOf(call.input.options ?? {}),
      observationsPath,
      audio: { ...audio[0]!, channel },
    },
    { signal, onProgress: ({ stage, done, total }) => onProgress(stage, done, total) },
  );
}

export const TASK_RUNNERS: { readonly [T in Task]?: TaskRunner<T> } = {
  diarize: runDiarize,
  transcribe: runTranscribe,
  embed: runEmbed,
  compare: runCompare,
  verify: runVerify,
  identify: runIdentify,
  'detect-speech': runDetectSpeech,
  loudness: runLoudness,
};

/** The runner of a job's task; `undefined` for one that this worker does not serve. */
export function runnerOf(input: JobInput): TaskRunner<Task> | undefined {
  return TASK_RUNNERS[input.task] as TaskRunner<Task> | undefined;
}
