import {
  type DiarizationModelFiles,
  type DiarizationModels,
  openDiarizationModels,
} from '../../diarization/diarization-models.ts';
import { diarize } from '../../diarization/diarize.ts';
import { findPreset } from '../../diarization/presets.ts';
import type { ResolveRecordingOptions } from '../../diarization/resolve-recording.ts';
import { uncentred } from '../../embedding/centring.ts';
import { renameSpeakers } from '../../transcript/rename-speakers.ts';
import type { DiarizationResult } from '../../result/result.ts';
import type { NamedVector } from '../../verification/identify.ts';
import { nameDiarizedSpeakers } from '../../verification/name-diarized-speakers.ts';
import { unitVector } from '../../verification/scores/embedding-vector.ts';
import type { Threshold } from '../../verification/scores/threshold.ts';
import { type ScoringModel, VoiceScorer } from '../../verification/scores/voice-scorer.ts';
import { keepObservations } from './keep-observations.ts';
import { openedOnce } from './opened-once.ts';
import type { TaskContext } from './task.ts';
import { workOnRecording } from './work-on-recording.ts';

/** A preset and where the files of its models lie. */
export type DiarizationSetup = { readonly preset: string; readonly files: DiarizationModelFiles };

/** Known voices, of the space of the preset's encoder, and what compares them. */
export type SpeakerNaming = {
  readonly voices: readonly NamedVector[];
  readonly scoring: ScoringModel;
  readonly threshold?: Threshold | undefined;
};

export type DiarizeInput = DiarizationSetup & {
  readonly options: ResolveRecordingOptions;
  /** Speakers whose voice is known get its name; the others keep their label. */
  readonly naming?: SpeakerNaming | undefined;
  /** The space of the preset's encoder, where an embedding of each speaker is wanted. */
  readonly speakerSpace?: Pick<ScoringModel, 'space' | 'means'> | undefined;
  /** Where to keep what the models saw, to be resolved anew; an existing file is overwritten. */
  readonly observationsPath?: string | undefined;
};

const openOnce = openedOnce(({ preset, files }: DiarizationSetup, { openSession }) =>
  openDiarizationModels(findPreset(preset), files, openSession),
);

/** The models of a preset, shared by all tasks that tell speakers apart. */
export function diarizationModels(
  { preset, files }: DiarizationSetup,
  context: TaskContext,
): Promise<DiarizationModels> {
  return openOnce({ preset, files }, context);
}

/** Loads the models of a preset, so that the first recording does not wait for them. */
export async function loadDiarizationModels(
  setup: DiarizationSetup,
  context: TaskContext,
): Promise<undefined> {
  const models = await diarizationModels(setup, context);
  await models.prepare();
  await context.prepareSessions();
}

/** Diarizes the recording of the job. */
export function diarizeRecording(input: DiarizeInput, context: TaskContext): Promise<DiarizationResult> {
  return workOnRecording(context, {
    open: context.openAudio,
    load: () => diarizationModels(input, context),
    work: async (audio, models) => {
      const { signal, progress, now } = context;
      const hooks = { signal, onProgress: progress, now };
      const { result, centroids, observations } = await diarize(audio, models, input.options, hooks);
      const { models: uses, provider } = result;
      const { observationsPath: path, preset } = input;
      if (path !== undefined) await keepObservations(observations, { path, preset, models: uses, provider });
      return {
        ...nameSpeakers(result, centroids, input.naming),
        ...speakerEmbeddings(centroids, input.speakerSpace),
      };
    },
  });
}

/** Of each speaker: what compares with enrolled voices as the speaker was compared. */
function speakerEmbeddings(
  centroids: ReadonlyMap<string, Float32Array>,
  speakerSpace: DiarizeInput['speakerSpace'],
): Pick<DiarizationResult, 'speakerEmbeddings'> {
  if (speakerSpace === undefined) return {};
  const { space, means } = speakerSpace;
  const vectors = [...centroids].map(([speaker, centroid]) => ({
    speaker,
    embedding: Array.from(means === undefined ? unitVector(centroid) : uncentred(centroid, means)),
  }));
  return { speakerEmbeddings: { space, vectors } };
}

/** The result with the names of known voices for the speakers that they are. */
export function nameSpeakers<T extends DiarizationResult>(
  result: T,
  centroids: ReadonlyMap<string, Float32Array>,
  naming: SpeakerNaming | undefined,
): T {
  if (naming === undefined) return result;
  const { voices, scoring, threshold } = naming;
  const speechSeconds = new Map(
    result.speakers.map(({ label, speakingSeconds }) => [label, speakingSeconds]),
  );
  const scorer = new VoiceScorer(scoring);
  const names = nameDiarizedSpeakers(centroids, voices, scorer, { threshold, speechSeconds });
  return renameSpeakers(result, new Map(names.map(({ label, voice }) => [label, voice])));
}
