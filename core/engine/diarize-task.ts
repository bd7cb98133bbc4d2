import { writeFile } from 'node:fs/promises';
import {
  type DiarizationModelFiles,
  type DiarizationModels,
  openDiarizationModels,
} from '../diarization/diarization-models.ts';
import { diarize } from '../diarization/diarize.ts';
import { findPreset } from '../diarization/presets.ts';
import type { ResolveRecordingOptions } from '../diarization/resolve-recording.ts';
import { OutputError } from '../errors.ts';
import { renameSpeakers } from '../transcript/rename-speakers.ts';
import type { DiarizationResult } from '../result/result.ts';
import type { NamedVector } from '../verification/identify.ts';
import { nameDiarizedSpeakers } from '../verification/name-diarized-speakers.ts';
import type { Threshold } from '../verification/scores/threshold.ts';
import { type ScoringModel, VoiceScorer } from '../verification/scores/voice-scorer.ts';
import { openedOnce } from './opened-once.ts';
import type { TaskContext } from './task.ts';

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
  await diarizationModels(setup, context);
}

/** Diarizes the recording of the job. The recording is opened first: a bad file costs no loading of models. */
export async function diarizeRecording(
  input: DiarizeInput,
  context: TaskContext,
): Promise<DiarizationResult> {
  const { signal, progress } = context;
  const audio = await context.openAudio();
  const started = now();
  const models = await diarizationModels(input, context).catch(async (error: unknown) => {
    await audio.close();
    throw error;
  });
  const loadSeconds = now() - started;
  const { result, centroids, observations } = await diarize(audio, models, input.options, {
    signal,
    onProgress: progress,
    now,
  });
  if (input.observationsPath !== undefined) {
    const { encodeObservations } = await import('../observation/observations-file.ts');
    const { provider } = result;
    const uses = result.models.map(({ id, task }) => ({ id, task }));
    const pieces = encodeObservations(observations, { preset: input.preset, models: uses, provider });
    await writePieces(input.observationsPath, pieces);
  }
  return {
    ...nameSpeakers(result, centroids, input.naming),
    timings: { loadSeconds, ...result.timings },
    warnings: [...context.warnings(), ...result.warnings],
  };
}

function nameSpeakers(
  result: DiarizationResult,
  centroids: ReadonlyMap<string, Float32Array>,
  naming: SpeakerNaming | undefined,
): DiarizationResult {
  if (naming === undefined) return result;
  const { voices, scoring, threshold } = naming;
  const names = nameDiarizedSpeakers(centroids, voices, new VoiceScorer(scoring), { threshold });
  return renameSpeakers(result, new Map(names.map(({ label, voice }) => [label, voice])));
}

function now(): number {
  return performance.now() / 1000;
}

async function writePieces(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  try {
    await writeFile(path, pieces);
  } catch (cause) {
    throw new OutputError(
      'output_not_writable',
      'The observations could not be written: the folder is not writable or the disk is full.',
      { cause },
    );
  }
}
