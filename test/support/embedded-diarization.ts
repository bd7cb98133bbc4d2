import { join } from 'node:path';
import type { DiarizationModelFiles } from '../../core/diarization/diarization-models.ts';
import type { DiarizationSetup } from '../../core/engine/tasks/diarize-task.ts';
import { CAMPPLUS_MODEL, CONDITIONS_PATH, GE2E_MODEL, SEGMENTATION_MODEL } from './embedded-models.ts';

export type EmbeddedPreset = 'embedded' | 'ge2e' | 'pyannote-ge2e';

/** What a preset of the repository's models is opened from. */
export function embeddedPresetFiles(preset: EmbeddedPreset): DiarizationModelFiles {
  const embedding = preset === 'embedded' ? CAMPPLUS_MODEL : GE2E_MODEL;
  return {
    segmentation: SEGMENTATION_MODEL,
    embedding,
    ...(preset === 'embedded'
      ? { conditionsPath: CONDITIONS_PATH }
      : { centrePath: join(import.meta.dirname, '../../models/embedded/ge2e/mean.npy') }),
    uses: [
      { id: SEGMENTATION_MODEL.id, task: 'segmentation' },
      { id: embedding.id, task: 'speaker-embedding' },
    ],
  };
}

/** The default preset with the files of the repository. */
export const EMBEDDED_SETUP: DiarizationSetup = {
  preset: 'embedded',
  files: embeddedPresetFiles('embedded'),
};
