import { join } from 'node:path';
import type { DiarizationSetup } from '../../core/engine/diarize-task.ts';
import { GE2E_MODEL, SEGMENTATION_MODEL } from './embedded-models.ts';

/** The preset `embedded` with the files of the repository. */
export const EMBEDDED_SETUP: DiarizationSetup = {
  preset: 'embedded',
  files: {
    segmentation: SEGMENTATION_MODEL,
    embedding: GE2E_MODEL,
    centrePath: join(import.meta.dirname, '../../models/embedded/ge2e/mean.npy'),
    uses: [
      { id: SEGMENTATION_MODEL.id, task: 'segmentation' },
      { id: GE2E_MODEL.id, task: 'speaker-embedding' },
    ],
  },
};
