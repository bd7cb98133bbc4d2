import type { Loose } from '../../../core/defined.ts';
import type { DiarizeInput } from '../../../core/engine/tasks/diarize-task.ts';
import type { ModelCallOptions, ModelStore } from '../../../models/store.ts';
import type { DiarizeOptions } from '../../../sdk/contract/index.ts';
import { presetNameOf } from '../../../core/diarization/preset-name.ts';
import { findPreset } from '../../../core/diarization/presets.ts';
import { diarizationSetup } from '../../setup/composition.ts';
import { presetOfVoices } from '../speakers/encoder-of-voices.ts';
import { type JobVoice, speakerNaming } from '../speakers/speaker-naming.ts';
import { scoringModel } from '../speakers/speaker-setup.ts';
import { speakerBoundsOf } from './speaker-bounds.ts';

/** Options of `diarize`, as jobs and the command give them; channel and track belong to the audio. */
export type DiarizeRequestOptions = Partial<
  Loose<Omit<DiarizeOptions, 'channel' | 'audioTrack' | 'voices'>>
> & {
  readonly voices?: readonly JobVoice[] | undefined;
};

/**
 * What the engine is asked to do for `diarize`, the same for every transport.
 *
 * All that can be wrong with voices is found before models are fetched.
 *
 * @throws InvalidInputError `invalid_option`, `embedding_space_mismatch`, `invalid_file`; ModelError
 */
export async function diarizeRequest(
  models: ModelStore,
  options: DiarizeRequestOptions,
  calls: ModelCallOptions,
): Promise<DiarizeInput> {
  const preset = presetOfVoices(options.voices ?? [], options.preset && presetNameOf(options.preset));
  const naming = await speakerNaming(models, preset, options);
  const setup = await diarizationSetup(models, preset, calls);
  const speakerSpace = options.includeEmbeddings === true ? await spaceOf(models, preset) : undefined;
  return { ...setup, naming, speakerSpace, options: speakerBoundsOf(options) };
}

async function spaceOf(models: ModelStore, preset: string): Promise<DiarizeInput['speakerSpace']> {
  const { space, means } = await scoringModel(models, findPreset(preset).embeddingModel);
  return { space, means };
}
