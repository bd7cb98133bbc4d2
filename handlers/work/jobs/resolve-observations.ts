/** Saved observations to turns, in milliseconds and without models. */
import { readClusteringModels } from '../../../core/diarization/clustering-models.ts';
import { presetNameOf } from '../../../core/diarization/preset-name.ts';
import { presetOfObservations } from '../../../core/diarization/preset-of-observations.ts';
import {
  resolveRecording,
  type ResolveRecordingOptions,
} from '../../../core/diarization/resolve-recording.ts';
import { throwIfAborted } from '../../../core/errors.ts';
import { decodeObservations } from '../../../core/observation/observations-file.ts';
import type { PresetFile } from '../../../core/result/preset-file.ts';
import type { DiarizationResult } from '../../../core/result/result.ts';
import type { ModelStore } from '../../../models/store.ts';
import { clusteringFiles } from '../../setup/composition.ts';

/** The most that Node reads at once; days of speech. */
export const MAX_OBSERVATIONS_BYTES = 2 ** 31 - 1;

/**
 * Clusters observations anew.
 *
 * @param files written by `diarize` with `observationsPath`; all parts of a recording, in any order
 * @param presetWanted settings of another preset of the same models; the one that the file names when absent
 * @throws InvalidInputError `invalid_file`, `invalid_option`; ModelError; CanceledError
 */
export async function resolveObservations(
  files: readonly Uint8Array[],
  presetWanted: string | PresetFile | undefined,
  options: ResolveRecordingOptions,
  models: ModelStore,
  signal: AbortSignal,
): Promise<DiarizationResult> {
  const { observations, origin } = decodeObservations(...files);
  const preset = presetOfObservations(origin, presetWanted && presetNameOf(presetWanted));
  const clustering = await readClusteringModels(await clusteringFiles(models, preset.name));
  const started = performance.now();
  const { result } = resolveRecording(observations, preset, options, {
    ...clustering,
    onTick: () => throwIfAborted(signal),
  });
  return {
    ...result,
    models: origin.models,
    provider: origin.provider,
    timings: { resolveSeconds: (performance.now() - started) / 1000 },
  };
}
