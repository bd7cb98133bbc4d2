import { checkPart, observeRecordingPart } from '../../diarization/observe-recording-part.ts';
import { findPreset } from '../../diarization/presets.ts';
import type { RecordingPart } from '../../observation/recording-part.ts';
import { RESULT_SCHEMA_VERSION, type ResultFacts } from '../../result/result.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import { diarizationModels, type DiarizationSetup } from './diarize-task.ts';
import { keepObservations } from './keep-observations.ts';
import type { TaskContext } from './task.ts';
import { workOnRecording } from './work-on-recording.ts';

export type ObserveInput = DiarizationSetup & {
  readonly part: RecordingPart;
  /** An existing file is overwritten. */
  readonly observationsPath: string;
};

/** What was observed, without what was seen: that is in the file. `durationSeconds` is what was heard, or all of the recording. */
export type ObserveTaskResult = ResultFacts & {
  readonly chunkCount: number;
  /** The recording ends with this part. */
  readonly isLast: boolean;
};

/** Observes a part of the recording of the job, and keeps what the models saw. */
export async function observeOnly(input: ObserveInput, context: TaskContext): Promise<ObserveTaskResult> {
  const { part, preset, observationsPath: path } = input;
  checkPart(findPreset(preset), part);
  return workOnRecording(context, {
    open: context.openAudio,
    load: () => diarizationModels(input, context),
    work: async (audio, models) => {
      const { signal, progress, now } = context;
      const started = now();
      const observed = await observeRecordingPart(audio, models, part, { signal, onProgress: progress, now });
      const { observations, firstChunk, isLast, warnings } = observed;
      const { uses, provider } = models;
      await keepObservations(observations, {
        path,
        preset,
        models: uses,
        provider,
        part: { firstChunk, isLast },
      });
      return {
        schemaVersion: RESULT_SCHEMA_VERSION,
        durationSeconds: samplesToSeconds(observations.sampleCount),
        chunkCount: observations.chunkCount,
        isLast,
        models: uses,
        provider,
        timings: { observeSeconds: now() - started },
        warnings,
      };
    },
  });
}
