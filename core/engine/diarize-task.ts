import { writeFile } from 'node:fs/promises';
import {
  type DiarizationModelFiles,
  type DiarizationModels,
  openDiarizationModels,
} from '../diarization/diarization-models.ts';
import { diarize, type DiarizeOptions } from '../diarization/diarize.ts';
import { findPreset } from '../diarization/presets.ts';
import { OutputError } from '../errors.ts';
import type { DiarizationResult } from '../transcript/result.ts';
import { openedOnce } from './opened-once.ts';
import type { TaskContext } from './task.ts';

/** A preset and where the files of its models lie. */
export type DiarizationSetup = { readonly preset: string; readonly files: DiarizationModelFiles };

export type DiarizeInput = DiarizationSetup & {
  readonly options: DiarizeOptions;
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
  const { result, observations } = await diarize(audio, models, input.options, {
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
    ...result,
    timings: { loadSeconds, ...result.timings },
    warnings: [...context.warnings(), ...result.warnings],
  };
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
