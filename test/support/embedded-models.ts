import { join } from 'node:path';
import type { ModelFile } from '../../core/inference/session.ts';

const embedded = join(import.meta.dirname, '../../models/embedded');

/** A model that ships with the repository, as `models/store` would hand it over. */
export function embeddedModel(
  folder: string,
  inputs: readonly string[],
  outputs: readonly string[],
): ModelFile {
  return { id: folder, path: join(embedded, folder, 'model.onnx'), inputs, outputs };
}

export const SEGMENTATION_MODEL = embeddedModel('pyannote-segmentation-3.0', ['input'], ['output']);
export const GE2E_MODEL = embeddedModel('ge2e', ['mels'], ['embeddings']);

const campplus = join(embedded, 'campplus-zh-en');
export const CAMPPLUS_MODEL: ModelFile = {
  id: 'campplus-zh-en',
  path: join(campplus, 'campplus-zh-en.fp16.onnx'),
  inputs: ['feats'],
  outputs: ['embs'],
};
export const CONDITIONS_PATH = join(campplus, 'conditions.npz');
